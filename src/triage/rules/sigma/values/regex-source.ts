/** What a `re` modifier says. */
export interface RegexSource {
  readonly pattern: string;
  readonly ignoresCase: boolean;
  readonly isMultiline: boolean;
  readonly isDotAll: boolean;
}
