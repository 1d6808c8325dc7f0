import sampleAlert from '../../api/sample-alert.json' with { type: 'json' };

/** Alerts to try, each in the form of its vendor; made up, with addresses that documents may use. */
export const SAMPLES: readonly { readonly name: string; readonly text: string }[] = [
  { name: 'Microsoft Sentinel: password spray', text: JSON.stringify(sampleAlert, null, 2) },
  {
    name: 'Wazuh: file integrity on a web server',
    text: JSON.stringify(
      {
        timestamp: '2026-03-18T03:02:11.004+0000',
        rule: {
          id: '554',
          level: 7,
          description: 'File added to the system.',
          groups: ['ossec', 'syscheck'],
          mitre: { id: ['T1505.003'], tactic: ['Persistence'], technique: ['Web Shell'] },
        },
        agent: { id: '012', name: 'web-03', ip: '10.4.2.17' },
        manager: { name: 'wazuh-1' },
        id: '1773802931.2211',
        syscheck: { path: '/var/www/html/img/up.php', event: 'added', uname_after: 'www-data' },
        decoder: { name: 'syscheck_new_entry' },
        location: 'syscheck',
      },
      null,
      2,
    ),
  },
  {
    name: 'Suricata: outbound to a rare port',
    text: JSON.stringify(
      {
        timestamp: '2026-03-18T03:10:44.120000+0000',
        flow_id: 1_187_215_321_992_011,
        event_type: 'alert',
        src_ip: '10.4.2.17',
        src_port: 51_544,
        dest_ip: '203.0.113.80',
        dest_port: 4444,
        proto: 'TCP',
        alert: {
          action: 'allowed',
          gid: 1,
          signature_id: 2_900_001,
          rev: 1,
          signature: 'Connection to a port that tools of intruders use',
          category: 'A Network Trojan was detected',
          severity: 1,
        },
      },
      null,
      2,
    ),
  },
  {
    name: 'CEF over syslog: blocked mail',
    text: 'CEF:0|Example|MailGate|4.2|MG-17|Attachment blocked|3|rt=1773803400000 suser=news@example.org duser=j.meyer@contoso.example fname=invoice.iso act=blocked externalId=mg-88121',
  },
];
