import type { Alert } from '../../alert/alert.ts';
import { EntityFacts } from './entity-facts.ts';
import { TacticFacts } from './tactic-facts.ts';
import { TelemetryFacts } from './telemetry-facts.ts';
import { TimeFacts } from './time-facts.ts';
import { WordFacts } from './word-facts.ts';

/**
 * An alert and what is worked out of it once for all of its columns. One object is read into again and again, so that
 * an alert costs no allocation; what it holds is the last alert's.
 */
export class AlertFacts {
  readonly tactics = new TacticFacts();
  readonly time = new TimeFacts();
  readonly entities = new EntityFacts();
  readonly words = new WordFacts();
  readonly telemetry = new TelemetryFacts();
  #alert: Alert | undefined;

  get alert(): Alert {
    return this.#alert!;
  }

  read(alert: Alert): this {
    this.#alert = alert;
    this.tactics.read(alert.tactics);
    this.time.read(alert.occurred_at);
    this.entities.read(alert.entities);
    this.words.read(alert);
    this.telemetry.read(alert.telemetry);
    return this;
  }
}
