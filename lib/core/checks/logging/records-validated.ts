import type { ControlCheck } from '../control-check';

export const RECORDS_VALIDATED: ControlCheck = {
  id: 'records-validated',
  judge: ({ stores }) => {
    if (stores.length === 0) return { missing: 'the output keeps no records' };
    const shown = stores.flatMap(({ integrity }) => integrity ?? []);
    return shown.length > 0
      ? { met: shown }
      : { missing: `nothing shows that a record in ${stores.map(({ name }) => name).join(', ')} was changed` };
  },
};
