/**
 * A name as markdown shows it, whatever it is made of: one line, in which nothing begins a cell, a link, markup or a tag.
 */
export function inMarkdown(name: string): string {
  return name.replace(/[\r\n\t]+/g, ' ').replace(/[\\`*_[\]<>|~#&!]/g, '\\$&');
}
