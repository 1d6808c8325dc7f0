/** Folder and file name as one path, with the folder's kind of slash; a name that already is a path stays as it is. */
export function joinPath(folder: string | undefined, name: string): string {
  if (folder === undefined || name.startsWith(folder) || /^[a-z]:\\|^[\\/]/i.test(name)) return name;
  if (folder.endsWith(name)) return folder;
  const separator = folder.includes('/') && !folder.includes('\\') ? '/' : '\\';
  return folder.endsWith(separator) ? folder + name : folder + separator + name;
}
