import type { ControlCheck } from '../control-check';

/** Days that a yearly audit needs. */
const YEAR = 365;

export const RECORDS_KEPT: ControlCheck = {
  id: 'records-kept',
  judge: ({ stores }) => {
    if (stores.length === 0) return { missing: 'the output keeps no records' };
    const long = stores.filter(({ days }) => days === undefined || days >= YEAR);
    if (long.length > 0) return { met: long.map(({ evidence }) => evidence) };
    const longest = Math.max(...stores.map(({ days }) => days ?? 0));
    return { missing: `records are kept for ${longest} days, and ${YEAR} is the least`, evidence: stores.map(({ evidence }) => evidence) };
  },
};
