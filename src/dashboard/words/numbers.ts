const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** 11204 -> `11,204`. */
export const count = (value: number): string => whole.format(value);

/** `1 alert`, `41 alerts`. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

/** A share of 0-1 as `8 %`, `0.8 %`; as many digits as say something. */
export function percent(share: number): string {
  const value = share * 100;
  const digits = value === 0 || Math.abs(value) >= 10 ? 0 : Math.abs(value) >= 1 ? 1 : 2;
  return `${Number(value.toFixed(digits))} %`;
}

/** A number with a sign, the minus as typographers set it. */
export const signed = (value: number, digits = 1): string =>
  `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;

/** Bytes, milliseconds and the like: three digits that count. */
export const short = (value: number): string =>
  Number(value.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 3 });
