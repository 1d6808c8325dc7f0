import ts from 'typescript';

/** A regular expression of the sources. */
export interface Expression {
  /** `src/file.ts:12` */
  readonly place: string;
  /** As a literal, `/a+/g`; undefined where it is put together at run time, so that nothing can be said of it. */
  readonly text: string | undefined;
}

/** Something to mend. */
export interface Finding {
  readonly place: string;
  readonly problem: 'NOT EXAMINED' | 'NOT LINEAR' | 'MADE AT RUN TIME';
  readonly text: string;
  readonly verdict?: string;
}

/** Every expression in a source: literals, and what is given to `RegExp` where that is a constant. */
export function expressionsIn(file: string, source: string): Expression[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const constants = constantsOf(tree);
  const found: Expression[] = [];
  const visit = (node: ts.Node): void => {
    const line = tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    const place = `${file}:${line}`;
    if (node.kind === ts.SyntaxKind.RegularExpressionLiteral) found.push({ place, text: node.getText() });
    if (isConstruction(node)) {
      const [pattern, flags] = node.arguments ?? [];
      const isLiteral = pattern?.kind === ts.SyntaxKind.RegularExpressionLiteral;
      const texts = [
        constantText(pattern, constants),
        flags === undefined ? '' : constantText(flags, constants),
      ];
      const text = texts.includes(undefined) ? undefined : `/${texts[0]}/${texts[1]}`;
      // a literal that is copied is looked at as the literal
      if (!isLiteral) found.push({ place, text });
    }
    node.forEachChild(visit);
  };
  visit(tree);
  return found;
}

/** What is wrong by the verdicts of the checker: every expression has to be linear in the text, without exception. */
export function findingsOf(
  expressions: readonly Expression[],
  verdicts: Readonly<Record<string, string | undefined>>,
): Finding[] {
  return expressions.flatMap(({ place, text }): Finding[] => {
    if (text === undefined) return [{ place, problem: 'MADE AT RUN TIME', text: '' }];
    const verdict = Object.hasOwn(verdicts, text) ? verdicts[text] : undefined;
    if (verdict === undefined) return [{ place, problem: 'NOT EXAMINED', text }];
    return verdict === 'safe' ? [] : [{ place, problem: 'NOT LINEAR', text, verdict }];
  });
}

function isConstruction(node: ts.Node): node is ts.NewExpression | ts.CallExpression {
  return (
    (ts.isNewExpression(node) || ts.isCallExpression(node)) &&
    ts.isIdentifier(node.expression) &&
    node.expression.text === 'RegExp'
  );
}

/** Texts that a `const` of the file holds. */
function constantsOf(tree: ts.SourceFile): ReadonlyMap<string, ts.Expression> {
  const constants = new Map<string, ts.Expression>();
  for (const statement of tree.statements) {
    if (!ts.isVariableStatement(statement) || !(statement.declarationList.flags & ts.NodeFlags.Const))
      continue;
    for (const { name, initializer } of statement.declarationList.declarations)
      if (ts.isIdentifier(name) && initializer !== undefined) constants.set(name.text, initializer);
  }
  return constants;
}

function constantText(
  node: ts.Expression | undefined,
  constants: ReadonlyMap<string, ts.Expression>,
): string | undefined {
  if (node === undefined) return undefined;
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (ts.isIdentifier(node)) {
    const held = constants.get(node.text);
    return held === undefined || ts.isIdentifier(held) ? undefined : constantText(held, constants);
  }
  if (!ts.isTemplateExpression(node)) return undefined;
  let text = node.head.text;
  for (const { expression, literal } of node.templateSpans) {
    const part = constantText(expression, constants);
    if (part === undefined) return undefined;
    text += part + literal.text;
  }
  return text;
}
