import type { ComponentChildren, VNode } from 'preact';

interface TableProps {
  readonly label: string;
  readonly head: readonly (string | { readonly text: string; readonly right?: boolean })[];
  readonly rows: readonly (readonly ComponentChildren[])[];
  /** For those who hear the page only: the numbers of a chart. */
  readonly hidden?: boolean;
}

/** A table that scrolls inside its card; also the form in which a chart can be read without seeing it. */
export function Table({ label, head, rows, hidden = false }: TableProps): VNode {
  const columns = head.map((column) => (typeof column === 'string' ? { text: column } : column));
  const table = (
    <table>
      <caption class="vh">{label}</caption>
      <thead>
        <tr>
          {columns.map(({ text, right }, i) => (
            <th key={i} scope="col" class={right ? 'r' : ''}>
              {text === '' ? <span class="vh">what to do</span> : text}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((cells, i) => (
          <tr key={i}>
            {cells.map((cell, k) => (
              <td key={k} class={columns[k]?.right ? 'r' : ''}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
  if (hidden) return <div class="vh">{table}</div>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by the keyboard
    <section class="wide" tabIndex={0} aria-label={label}>
      {table}
    </section>
  );
}
