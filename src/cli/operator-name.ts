import { userInfo } from 'node:os';

/** Who stands in the audit when no name is given on the command line. */
export const operatorName = (): string => `cli:${userInfo().username}`;
