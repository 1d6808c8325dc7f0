import { type Command, Option } from 'commander';
import { DISPOSITIONS } from '../../alert/alert.ts';
import type { WireHealthDetails } from '../../api/health/health.ts';
import type { WireIncident, WireIncidentJudged, WireIncidentList } from '../../api/incidents/incidents.ts';
import { shownHealth, shownIncident, shownIncidents } from '../output/service-tables.ts';
import { addShowOptions, count, type ShowFlags, show } from '../output/show.ts';
import { integer, momentText } from '../parse-number.ts';
import { addServiceOptions, requireService, type ServiceFlags } from '../service/service-options.ts';

type Flags = ServiceFlags & ShowFlags;

const answering = (command: Command): Command => addServiceOptions(addShowOptions(command));

interface ListFlags extends Flags {
  readonly tenant?: string;
  readonly since?: string;
  readonly minScore?: number;
  readonly state?: string;
  readonly limit: number;
}

interface JudgeFlags extends Flags {
  readonly as: string;
  readonly by?: string;
  readonly comment?: string;
}

/** Commands that ask a running service: how it fares, and what correlation joined there. */
export function addServiceCommands(program: Command): void {
  answering(
    program
      .command('health')
      .description('how a running service fares, with its reasons; status 1 unless it is ok'),
  ).action(async (flags: Flags) => {
    const client = requireService(flags);
    const answer = await client.get<WireHealthDetails>('/health/details');
    show(answer, flags, () => shownHealth(answer, client.url));
    if (answer.status !== 'ok') process.exitCode = 1;
  });

  const incidents = program.command('incidents').description('what correlation joined in a running service');
  answering(
    incidents
      .command('list', { isDefault: true })
      .description('incidents, the highest score first')
      .option('--tenant <name>', 'of this customer alone')
      .option('--since <time>', 'with an alert from then on, ISO 8601', momentText)
      .option('--min-score <n>', 'from this score on', integer(0, 100))
      .addOption(new Option('--state <state>', 'judged or not').choices(['open', 'judged']))
      .option('--limit <n>', 'incidents shown', integer(1, 200), 50),
  ).action(async (flags: ListFlags) => {
    const { tenant, since, minScore, state, limit } = flags;
    const answer = await requireService(flags).get<WireIncidentList>('/incidents', {
      query: { tenant, since, min_score: minScore, state, limit },
    });
    show(answer, flags, () => shownIncidents(answer));
  });
  answering(
    incidents
      .command('show')
      .description('one incident with its alerts')
      .argument('<id>', 'as `list` shows it'),
  ).action(async (id: string, flags: Flags) => {
    const answer = await requireService(flags).get<WireIncident>(`/incidents/${encodeURIComponent(id)}`);
    show(answer, flags, () => shownIncident(answer));
  });
  answering(
    incidents
      .command('judge')
      .description('judge an incident as a whole; its alerts follow')
      .argument('<id>', 'as `list` shows it')
      .addOption(
        new Option('--as <disposition>', 'what it turned out to be')
          .choices(DISPOSITIONS)
          .makeOptionMandatory(),
      )
      .option('--by <name>', 'who judges')
      .option('--comment <text>', 'kept with the judgement'),
  ).action(async (id: string, flags: JudgeFlags) => {
    const { as: disposition, by: analyst, comment } = flags;
    const answer = await requireService(flags).post<WireIncidentJudged>(
      `/incidents/${encodeURIComponent(id)}/judge`,
      { body: { disposition, analyst, comment } },
    );
    show(answer, flags, () => ({
      text: '',
      summary: `${count(answer.accepted, 'alert')} judged, ${answer.revised} revised, ${answer.duplicates} were so already, ${answer.own_judgement} left to their own judgement`,
    }));
  });
}
