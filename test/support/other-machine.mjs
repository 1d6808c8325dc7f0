// Loaded before a functions process (`--import`): to it this machine has the name MACHINE_NAME, so that to others it
// runs elsewhere and the system cannot be asked whether it lives.
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';

const name = process.env['MACHINE_NAME'];
os.hostname = () => name;
syncBuiltinESMExports();
