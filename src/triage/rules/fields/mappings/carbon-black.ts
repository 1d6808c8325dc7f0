import type { Mapping } from '../mapping.ts';
import { productOfHost } from './ecs.ts';

/** Carbon Black Cloud alerts: process, parent and child in flat names. */
export const carbonBlack: Mapping = {
  name: 'carbon_black',
  title: 'Carbon Black Cloud: `process_*`, `parent_*`, `childproc_*`',

  recognise: (payload) =>
    'process_cmdline' in payload || 'childproc_cmdline' in payload || 'org_key' in payload,

  read(payload, into) {
    const product = productOfHost(payload['device_os']);
    into.process(
      {
        image: payload['process_name'],
        commandLine: payload['process_cmdline'],
        parentImage: payload['parent_name'],
        parentCommandLine: payload['parent_cmdline'],
        user: payload['process_username'],
        hashes: payload['process_sha256'],
      },
      product,
    );
    into.process(
      {
        image: payload['childproc_name'],
        commandLine: payload['childproc_cmdline'],
        parentImage: payload['process_name'],
        parentCommandLine: payload['process_cmdline'],
        user: payload['childproc_username'],
      },
      product,
    );
    into.word([payload['reason'], payload['watchlist_hit'], payload['ttps']]);
  },
};
