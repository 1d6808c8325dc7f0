import { userInfo } from 'node:os';

/** Who stands in the audit when nobody is named on the command line. */
export const operatorName = (): string => `cli:${userInfo().username}`;
