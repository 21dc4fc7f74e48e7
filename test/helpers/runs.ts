/**
 * How often a property is tried, or how much is sent: `full` if `THOROUGH` is set, as `.ci/run` does, else a fifth of that.
 * Every run takes other values, so nothing is left out for good.
 */
export const runs = (full: number): number =>
  process.env['THOROUGH'] === undefined ? Math.ceil(full / 5) : full
