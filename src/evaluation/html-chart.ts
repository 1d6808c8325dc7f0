/** One line chart: x and one or more series of the same length. */
export interface LineChart {
  readonly title: string;
  /** What the chart shows, for those who cannot see it. */
  readonly words: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly x: readonly number[];
  /** Powers of ten at equal distances. @default false */
  readonly isLogX?: boolean;
  readonly series: readonly ChartSeries[];
  /** A vertical line, for the chosen place. */
  readonly mark?: { readonly x: number; readonly label: string };
}

export interface ChartSeries {
  readonly label: string;
  readonly y: readonly (number | null)[];
  /** Interval around the series, drawn as a band. */
  readonly low?: readonly number[];
  readonly high?: readonly number[];
}

/**
 * Runs in the page after uPlot and `charts`. Draws each chart as wide as its place, with the colours of the page, and
 * draws again when the width or the colours change and before printing: a canvas does neither by itself.
 */
export const CHART_SCRIPT = `
const places = [...document.querySelectorAll('.chart')];
const drawn = [];
function draw(i) {
  const place = places[i], chart = charts[i];
  const css = getComputedStyle(document.documentElement);
  const colour = (name) => css.getPropertyValue(name).trim();
  const colours = ['--accent', '--bad', '--good', '--warn'].map(colour);
  const series = [{ label: chart.xLabel }], data = [chart.x], bands = [];
  chart.series.forEach((one, k) => {
    series.push({ label: one.label, stroke: colours[k % 4], width: 2, points: { show: chart.x.length < 40, size: 6, fill: colours[k % 4] } });
    data.push(one.y);
    if (!one.low) return;
    const edge = { label: '', class: 'edge', stroke: 'transparent', width: 0, points: { show: false } };
    bands.push({ series: [series.length, series.length + 1], fill: colour('--band') });
    series.push(edge, { ...edge });
    data.push(one.high, one.low);
  });
  const axis = (label, size) => ({ label, size, stroke: colour('--quiet'), grid: { stroke: colour('--line'), width: 1 }, ticks: { stroke: colour('--line'), width: 1 } });
  const short = (v) => v == null ? '' : Math.abs(v) >= 1e6 ? v / 1e6 + ' m' : Math.abs(v) >= 1e4 ? v / 1e3 + ' k' : String(v);
  const isPower = (v) => Math.abs(Math.log10(v) - Math.round(Math.log10(v))) < 1e-9;
  const powers = (u, all) => all.map((v) => isPower(v) ? v : null);
  const x = { ...axis(chart.xLabel, 46), values: (u, all) => all.map(short) };
  if (chart.isLogX) { x.filter = powers; x.grid.filter = x.ticks.filter = powers; }
  const y = { ...axis(chart.yLabel, 62), values: (u, all) => all.map(short) };
  const mark = chart.mark;
  const hooks = mark ? { draw: [(u) => {
    const at = Math.round(u.valToPos(mark.x, 'x', true));
    const { ctx } = u, { top, height, left, width } = u.bbox;
    ctx.save(); ctx.strokeStyle = ctx.fillStyle = colour('--ink'); ctx.setLineDash([4, 4]);
    ctx.beginPath(); ctx.moveTo(at, top); ctx.lineTo(at, top + height); ctx.stroke();
    const isRight = at - left > width / 2;
    ctx.textAlign = isRight ? 'right' : 'left'; ctx.textBaseline = 'top';
    ctx.fillText(mark.label, at + (isRight ? -6 : 6), top + 4); ctx.restore();
  }] } : {};
  if (drawn[i]) drawn[i].destroy();
  const width = Math.max(220, place.clientWidth);
  drawn[i] = new uPlot({ width, height: width < 500 ? 240 : 300, hooks, series, bands, axes: [x, y], legend: { live: false }, cursor: { show: false },
    scales: { x: { time: false, ...(chart.isLogX ? { distr: 3 } : {}) } } }, data, place);
}
const widths = [];
const redraw = () => places.forEach((place, i) => { widths[i] = place.clientWidth; draw(i); });
redraw();
new ResizeObserver(() => places.forEach((place, i) => { if (place.clientWidth !== widths[i]) { widths[i] = place.clientWidth; draw(i); } })).observe(document.body);
for (const query of ['(prefers-color-scheme: dark)', 'print']) matchMedia(query).addEventListener('change', redraw);
addEventListener('beforeprint', redraw);
addEventListener('afterprint', redraw);
`;
