// Loaded before a functions process (`--import`): its clock runs CLOCK_AHEAD_MS ahead of that of this machine. Timers
// and the monotonic clock stay as they are, as with a machine whose time was set wrong.
const aheadMs = Number(process.env['CLOCK_AHEAD_MS'] ?? 0);
const SystemDate = Date;

globalThis.Date = class extends SystemDate {
  constructor(...args) {
    if (args.length === 0) super(SystemDate.now() + aheadMs);
    else super(...args);
  }
  static now() {
    return SystemDate.now() + aheadMs;
  }
};
