/** Abbreviated months as the C library writes them in the languages of Europe, without points; twelve each. */
const LANGUAGES = [
  'jan feb mar apr may jun jul aug sep oct nov dec',
  'jan feb mär apr mai jun jul aug sep okt nov dez',
  'jän feb mrz apr mai juni juli aug sept okt nov dez',
  'janv févr mars avril mai juin juil août sept oct nov déc',
  'ene feb mar abr may jun jul ago sep oct nov dic',
  'gen feb mar apr mag giu lug ago set ott nov dic',
  'jan fev mar abr mai jun jul ago set out nov dez',
  'jan feb mrt apr mei jun jul aug sep okt nov dec',
  'jan feb mars april maj juni juli aug sep okt nov dec',
  'sty lut mar kwi maj cze lip sie wrz paź lis gru',
];

const MONTHS: ReadonlyMap<string, number> = new Map(
  LANGUAGES.flatMap((words) => words.split(' ').map((word, month) => [word, month] as const)),
);

/** 0-11; undefined where the word is no month. A point at its end is none of it. */
export const monthOf = (word: string): number | undefined =>
  MONTHS.get(word.toLowerCase().replace(/\.$/, ''));
