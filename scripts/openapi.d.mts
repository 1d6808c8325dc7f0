/** Path -> text of every file that is generated from the schemas in src/api. */
export function generatedFiles(): Promise<Readonly<Record<string, string>>>;
