import { isObject, objectOf, textOf } from '../../../../intake/values/json-value.ts';
import type { Mapping } from '../mapping.ts';

/** A CEF line as the reader parses it: request, process, file, addresses. */
export const cef: Mapping = {
  name: 'cef',
  title: 'CEF: `request`, `sproc`, `dproc`, `filePath`, `requestClientApplication`, `msg`',

  recognise: (payload) => 'cef_version' in payload && isObject(payload['extension']),

  read(payload, into) {
    const fields = objectOf(payload['extension']) ?? {};
    const agent = textOf(fields['requestClientApplication']);
    const url = textOf(fields['request']);
    if (url !== undefined || agent !== undefined)
      into.web({
        'c-uri': url,
        'cs-method': textOf(fields['requestMethod']),
        'c-useragent': agent,
        'cs-user-agent': agent,
      });
    into.process({ image: fields['dproc'] ?? fields['sproc'], commandLine: fields['dcmd'] ?? fields['cmd'] });
    into.file(fields['filePath'] ?? fields['fname']);
    into.record('firewall', '-', '-', {
      src_ip: textOf(fields['src']),
      dst_ip: textOf(fields['dst']),
      dst_port: textOf(fields['dpt']),
      protocol: textOf(fields['proto']),
    });
    into.line(fields['msg']);
    into.word(fields['reason']);
  },
};

/** Zeek notices, Fortinet logs and other flat records of the network. */
export const flatNetwork: Mapping = {
  name: 'flat_network',
  title: 'Flat network records: `url`, `hostname`, `qname`, `user_agent`, `msg`',

  recognise: (payload) =>
    'srcip' in payload || 'id.orig_h' in payload || 'src_ip' in payload || 'msg' in payload,

  read(payload, into) {
    const agent = textOf(payload['user_agent'] ?? payload['agent']);
    const url = textOf(payload['url'] ?? payload['uri']);
    if (url !== undefined || agent?.includes('/'))
      into.web({
        'c-uri': url,
        'cs-host': textOf(payload['hostname'] ?? payload['host']),
        'c-useragent': agent,
        'cs-user-agent': agent,
      });
    into.dns(payload['qname'] ?? payload['query']);
    into.record('firewall', '-', '-', {
      src_ip: textOf(payload['srcip'] ?? payload['src_ip'] ?? payload['id.orig_h']),
      dst_ip: textOf(payload['dstip'] ?? payload['dest_ip'] ?? payload['id.resp_h']),
      dst_port: textOf(payload['dstport'] ?? payload['dest_port'] ?? payload['id.resp_p']),
      protocol: textOf(payload['proto'] ?? payload['protocol']),
    });
    into.line([payload['msg'], payload['sub']]);
  },
};
