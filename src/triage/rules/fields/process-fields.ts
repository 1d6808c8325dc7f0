import { textOf } from '../../../intake/values/json-value.ts';
import type { EventFields } from './alert-event.ts';

/** What a vendor says about one process; anything may be absent or of an unexpected type. */
export interface ProcessParts {
  readonly image?: unknown;
  readonly commandLine?: unknown;
  readonly parentImage?: unknown;
  readonly parentCommandLine?: unknown;
  readonly grandparentCommandLine?: unknown;
  readonly user?: unknown;
  readonly currentDirectory?: unknown;
  readonly integrityLevel?: unknown;
  readonly originalFileName?: unknown;
  readonly product?: unknown;
  readonly company?: unknown;
  readonly description?: unknown;
  readonly hashes?: unknown;
  readonly processId?: unknown;
  readonly parentProcessId?: unknown;
  readonly logonId?: unknown;
}

const USUAL_DIRECTORIES = ['C:\\Windows\\System32\\', 'C:\\Windows\\SysWOW64\\', 'C:\\Program Files\\'];

/**
 * The fields of a process creation. Undefined where neither the program nor its command line is known.
 *
 * A vendor that tells a bare name (`svchost.exe`) has not said where the file lies, so it gets every usual place as a
 * list: a rule for the name matches, a rule for a wrong place does not.
 */
export function processFields(parts: ProcessParts): EventFields | undefined {
  const commandLine = textOf(parts.commandLine);
  const image = textOf(parts.image) ?? programOf(commandLine);
  if (image === undefined && commandLine === undefined) return undefined;
  const parentCommandLine = textOf(parts.parentCommandLine);
  return {
    Image: placed(image),
    CommandLine: commandLine,
    ParentImage: placed(textOf(parts.parentImage) ?? programOf(parentCommandLine)),
    ParentCommandLine: parentCommandLine,
    GrandParentCommandLine: textOf(parts.grandparentCommandLine),
    User: textOf(parts.user),
    CurrentDirectory: textOf(parts.currentDirectory),
    IntegrityLevel: textOf(parts.integrityLevel),
    OriginalFileName: textOf(parts.originalFileName),
    Product: textOf(parts.product),
    Company: textOf(parts.company),
    Description: textOf(parts.description),
    Hashes: textOf(parts.hashes),
    ProcessId: textOf(parts.processId),
    ParentProcessId: textOf(parts.parentProcessId),
    LogonId: textOf(parts.logonId),
  };
}

/** The operating system a program runs on, judged by its path or command line. */
export function productOf(fields: EventFields): string {
  const image = fields['Image'];
  const text = typeof image === 'string' ? image : typeof image === 'object' ? '\\' : fields['CommandLine'];
  if (typeof text !== 'string') return 'windows';
  if (text.charCodeAt(0) !== 0x2f) return 'windows';
  return /^\/(Applications|Library|System|Users|Volumes)\//.test(text) ? 'macos' : 'linux';
}

function placed(image: string | undefined): unknown {
  if (image === undefined) return undefined;
  const path = image.includes('\\') ? image.replace(/^\\Device\\HarddiskVolume\d+\\/i, 'C:\\') : image;
  if (/[\\/]/.test(path)) return path;
  return /\.(exe|com|scr|dll)$/i.test(path) ? USUAL_DIRECTORIES.map((folder) => folder + path) : path;
}

/** The program a command line starts, as it is written there: quoted, or up to the first blank behind `.exe`. */
function programOf(commandLine: string | undefined): string | undefined {
  if (commandLine === undefined) return undefined;
  const line = commandLine.slice(0, 1024).trimStart();
  const quoted = /^["']([^"']+)["']/.exec(line)?.[1];
  const program =
    quoted ?? /^[a-z]:\\.*?\.(?:exe|com|scr)(?=\s|$)/i.exec(line)?.[0] ?? /^\S+/.exec(line)?.[0];
  if (program === undefined) return undefined;
  if (/[\\/]|\.\w{2,4}$/.test(program)) return program;
  return WINDOWS_COMMANDS.has(program.toLowerCase()) ? `${program}.exe` : program;
}

// Typed without their ending on nearly every command line.
const WINDOWS_COMMANDS = new Set(
  (
    'cmd powershell pwsh wmic net net1 sc reg schtasks rundll32 regsvr32 mshta cscript wscript certutil bitsadmin ' +
    'whoami nltest quser qwinsta vssadmin wevtutil bcdedit netsh tasklist taskkill systeminfo ipconfig msiexec'
  ).split(' '),
);
