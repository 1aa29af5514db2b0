import type { ControlCheck } from '../control-check';

export const RECORDS_LOCKED: ControlCheck = {
  id: 'records-locked',
  judge: ({ stores }) => {
    if (stores.length === 0) return { missing: 'the output keeps no records' };
    const locked = stores.filter((store) => store.locked);
    if (locked.length > 0) return { met: locked.map(({ evidence }) => evidence) };
    return {
      missing: `records in ${stores.map(({ name }) => name).join(', ')} can be deleted before their time`,
      evidence: stores.map(({ evidence }) => evidence),
    };
  },
};
