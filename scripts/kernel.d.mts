/** Text of src/trees/kernel-bytes.ts, compiled from src/trees/kernel/*.ts. */
export function compileKernel(): Promise<string>;
