/** Why a record that is understood is no alert. */
export type SkipCode =
  | 'resolved'
  | 'acknowledged'
  | 'unban'
  | 'sensor_status'
  | 'heartbeat'
  | 'redirected'
  | 'subscription_validation'
  | 'test';

/** A record that is understood and no alert: a notice about one, a sensor's word about itself, a protocol's handshake. */
export interface Skip {
  readonly code: SkipCode;
  /** One sentence for people. */
  readonly reason: string;
  /** What the record is about: the id of the alert it speaks of, where it was merged into, what to answer. */
  readonly ref?: string;
  /** Of a handshake: the body that the sender's protocol waits for. */
  readonly answer?: HandshakeAnswer;
}

/** What Event Grid waits for, and what Slack does. */
export type HandshakeAnswer = { readonly validationResponse: string } | { readonly challenge: string };
