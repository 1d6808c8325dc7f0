import type { Raw } from '../cells.ts';
import type { JsonObject } from '../log-format.ts';

/** Places of the data of logons among the properties of an event, by its id. */
const PLACES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  '4624': { TargetUserName: 5, LogonType: 8, IpAddress: 18, IpPort: 19 },
  '4625': { TargetUserName: 5, LogonType: 10, IpAddress: 19, IpPort: 20 },
  '4648': { TargetUserName: 5, IpAddress: 12, IpPort: 13 },
  '4768': { TargetUserName: 0, IpAddress: 9, IpPort: 10 },
  '4769': { TargetUserName: 0, IpAddress: 6, IpPort: 7 },
  '4771': { TargetUserName: 0, IpAddress: 6, IpPort: 7 },
  '4776': { TargetUserName: 1 },
};
/** The same in the English message, where the account that matters is the last one named. */
const IN_MESSAGE: Readonly<Record<string, RegExp>> = {
  TargetUserName: /Account Name:[ \t]+([^\r\n]{1,256})/g,
  LogonType: /Logon Type:[ \t]+(\d{1,2})/g,
  IpAddress: /(?:Source Network|Network|Client) Address:[ \t]+([^\s]{1,64})/g,
  IpPort: /(?:Source|Client) Port:[ \t]+(\d{1,5})/g,
};

/**
 * Data of a logon that PowerShell's `ConvertTo-Json` wrote: under no names, by their place among `Properties`, or where
 * those are cut off out of `Message`. Nothing for records of other makes.
 */
export function logonData(record: JsonObject): Readonly<Record<string, Raw>> {
  const { Id: id, Properties: properties, Message: message } = record;
  if (id === undefined || !('ProviderName' in record || 'LogName' in record)) return {};
  const found: Record<string, Raw> = {};
  const places = PLACES[String(id)];
  if (places !== undefined && Array.isArray(properties)) {
    for (const [name, place] of Object.entries(places)) {
      const one: unknown = properties[place];
      const value = typeof one === 'object' && one !== null ? (one as JsonObject)['Value'] : undefined;
      if (typeof value === 'string' || typeof value === 'number') found[name] = value;
    }
  }
  if (typeof message !== 'string' || Object.keys(found).length > 0) return found;
  for (const [name, pattern] of Object.entries(IN_MESSAGE)) {
    const last = [...message.slice(0, 8_192).matchAll(pattern)].at(-1)?.[1];
    if (last !== undefined) found[name] = last.trim();
  }
  return found;
}
