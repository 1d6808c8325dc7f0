/** A compiled route template: `pattern` matches a whole decoded-per-segment path, `names` are its parameters in order. */
export interface RouteTemplate {
  readonly template: string;
  /** Parameter values of a path (without its leading and trailing `/`), or undefined when it does not match. */
  match(path: string): Readonly<Record<string, string>> | undefined;
}

interface Parameter {
  readonly name: string;
  readonly accepts: ReadonlyArray<(value: string) => boolean>;
  readonly defaultValue: string | undefined;
}

const INTEGER = /^[+-]?\d+$/;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)$/;
const FLOAT = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const GUID = /^[{(]?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}[)}]?$/i;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/i;

const isIntegerWithin = (value: string, lowest: bigint, highest: bigint): boolean => {
  if (!INTEGER.test(value)) return false;
  const number = BigInt(value.startsWith('+') ? value.slice(1) : value);
  return number >= lowest && number <= highest;
};

const isLong = (value: string): boolean => isIntegerWithin(value, -(2n ** 63n), 2n ** 63n - 1n);

/** The constraints of ASP.NET Core routing that Azure Functions accepts, by name. */
const CONSTRAINTS: Readonly<Record<string, (value: string, ...args: string[]) => boolean>> = {
  int: (value) => isIntegerWithin(value, -(2n ** 31n), 2n ** 31n - 1n),
  long: isLong,
  bool: (value) => /^(true|false)$/i.test(value),
  alpha: (value) => /^[a-z]*$/i.test(value),
  decimal: (value) => DECIMAL.test(value),
  double: (value) => FLOAT.test(value),
  float: (value) => FLOAT.test(value),
  guid: (value) => GUID.test(value),
  datetime: (value) => DATE_TIME.test(value) && !Number.isNaN(Date.parse(value)),
  length: (value, shortest, longest) =>
    value.length >= Number(shortest) && value.length <= Number(longest ?? shortest),
  minlength: (value, shortest) => value.length >= Number(shortest),
  maxlength: (value, longest) => value.length <= Number(longest),
  min: (value, lowest) => isLong(value) && BigInt(value) >= BigInt(lowest ?? 0),
  max: (value, highest) => isLong(value) && BigInt(value) <= BigInt(highest ?? 0),
  range: (value, lowest, highest) =>
    isLong(value) && BigInt(value) >= BigInt(lowest ?? 0) && BigInt(value) <= BigInt(highest ?? 0),
  required: (value) => value !== '',
};

const escapeLiteral = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

/**
 * Splits a template into literal text and the insides of its braces. `{{` and `}}` stand for a brace, also inside
 * of a `regex(...)` constraint, as in ASP.NET Core.
 */
function tokenize(template: string): Array<{ text: string; isParameter: boolean }> {
  const tokens: Array<{ text: string; isParameter: boolean }> = [];
  let text = '';
  let isParameter = false;
  for (let at = 0; at < template.length; at++) {
    const char = template[at]!;
    const isDoubled = (char === '{' || char === '}') && template[at + 1] === char;
    if (isDoubled && !(char === '}' && isParameter && !text.includes('('))) {
      text += char;
      at++;
    } else if (char === '{' && !isParameter) {
      if (text !== '') tokens.push({ text, isParameter: false });
      text = '';
      isParameter = true;
    } else if (char === '}' && isParameter) {
      tokens.push({ text, isParameter: true });
      text = '';
      isParameter = false;
    } else if (char === '{' || char === '}') {
      throw new SyntaxError(`Expected balanced braces in route \`${template}\`.`);
    } else {
      text += char;
    }
  }
  if (isParameter) throw new SyntaxError(`Expected balanced braces in route \`${template}\`.`);
  if (text !== '') tokens.push({ text, isParameter: false });
  return tokens;
}

function parseConstraint(text: string, template: string): (value: string) => boolean {
  const call = /^([a-z]+)(?:\((.*)\))?$/is.exec(text);
  const name = call?.[1]?.toLowerCase() ?? '';
  if (name === 'regex' && call?.[2] !== undefined) {
    const pattern = new RegExp(call[2], 'i');
    return (value) => pattern.test(value);
  }
  const accepts = CONSTRAINTS[name];
  if (accepts === undefined) {
    throw new SyntaxError(`Expected a known constraint in route \`${template}\`, got \`${text}\`.`);
  }
  const args = call?.[2]?.split(',').map((arg) => arg.trim()) ?? [];
  return (value) => accepts(value, ...args);
}

/** Splits `id:int:min(1)` at the colons outside of parentheses. */
function splitConstraints(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')') depth--;
    else if (text[at] === ':' && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

// `%2F` stays as it is: decoded, it would look like a separator that was never one.
function decodeSegment(text: string): string {
  if (!text.includes('%')) return text;
  return text
    .split(/(%2f)/i)
    .map((part) => {
      if (/^%2f$/i.test(part)) return part;
      try {
        return decodeURIComponent(part);
      } catch {
        return part;
      }
    })
    .join('');
}

/**
 * Compiles a route of Azure Functions: literals, `{name}`, constraints (`{id:int:min(1)}`), a default (`{x=5}`), an
 * optional last parameter (`{x?}`) and a catch-all (`{*rest}`). Matching ignores case.
 *
 * Throws `SyntaxError` for a template that Azure's host would refuse too.
 */
export function compileRouteTemplate(template: string): RouteTemplate {
  const parameters: Parameter[] = [];
  const tokens = tokenize(template);
  let source = '';
  tokens.forEach((token, position) => {
    if (!token.isParameter) {
      source += escapeLiteral(token.text);
      return;
    }
    const isLast = position === tokens.length - 1;
    const catchAll = /^\*{1,2}/.exec(token.text)?.[0] ?? '';
    let [head = '', ...constraints] = splitConstraints(token.text.slice(catchAll.length));
    const tail = constraints.at(-1) ?? head;
    const isOptional = tail.endsWith('?');
    if (isOptional) {
      if (constraints.length > 0) constraints = [...constraints.slice(0, -1), tail.slice(0, -1)];
      else head = head.slice(0, -1);
    }
    const [name = '', defaultValue] = head.split('=', 2);
    if (!/^[\w-]+$/.test(name)) {
      throw new SyntaxError(`Expected a parameter name in route \`${template}\`, got \`{${token.text}}\`.`);
    }
    if (parameters.some((parameter) => parameter.name.toLowerCase() === name.toLowerCase())) {
      throw new SyntaxError(`Expected each parameter once in route \`${template}\`, got \`${name}\` twice.`);
    }
    const mayBeAbsent = isOptional || defaultValue !== undefined || catchAll !== '';
    if (mayBeAbsent && !isLast) {
      throw new SyntaxError(`Expected \`{${token.text}}\` at the end of route \`${template}\`.`);
    }
    parameters.push({
      name,
      accepts: constraints.map((constraint) => parseConstraint(constraint, template)),
      defaultValue,
    });
    const value = catchAll === '' ? '([^/]+)' : '(.*)';
    if (!mayBeAbsent) source += value;
    else if (source.endsWith('\\/')) source = `${source.slice(0, -2)}(?:\\/${value})?`;
    else source += catchAll === '' ? `${value}?` : value;
  });
  const pattern = new RegExp(`^${source}$`, 'i');

  return {
    template,
    match(path) {
      const found = pattern.exec(path);
      if (found === null) return undefined;
      const values: Record<string, string> = {};
      for (let p = 0; p < parameters.length; p++) {
        const parameter = parameters[p]!;
        const raw = found[p + 1];
        if (raw === undefined || raw === '') {
          if (parameter.defaultValue !== undefined) values[parameter.name] = parameter.defaultValue;
          continue;
        }
        const value = decodeSegment(raw);
        if (!parameter.accepts.every((accepts) => accepts(value))) return undefined;
        values[parameter.name] = value;
      }
      return values;
    },
  };
}
