/** The sections in the order of the page, each with the key that goes to it after `g`. */
export const SECTIONS = [
  { id: 'incidents', name: 'Incidents', key: 'i' },
  { id: 'training', name: 'Training', key: 't' },
  { id: 'try', name: 'Try an alert', key: 'p' },
  { id: 'feedback', name: 'Feedback', key: 'f' },
  { id: 'rules', name: 'Rules', key: 'r' },
  { id: 'models', name: 'Models', key: 'm' },
  { id: 'cost', name: 'Cost', key: 'c' },
  { id: 'drift', name: 'Drift', key: 'd' },
  { id: 'quarantine', name: 'Quarantine', key: 'q' },
  { id: 'quality', name: 'Data quality', key: 'a' },
  { id: 'history', name: 'History', key: 'v' },
  { id: 'log', name: 'Performance log', key: 'l' },
  { id: 'health', name: 'Health', key: 'h' },
] as const;
