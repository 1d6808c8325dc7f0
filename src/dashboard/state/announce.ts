/** Says something to those who hear the page, in its one live region. */
export function announce(words: string): void {
  const region = document.getElementById('live');
  if (region === null) return;
  region.textContent = '';
  // an equal text twice in a row is said twice only when it was gone in between
  setTimeout(() => {
    region.textContent = words;
  }, 50);
}
