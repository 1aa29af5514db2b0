import type { ControlCheck } from '../control-check';

export const RECORDS_OUT_OF_REACH: ControlCheck = {
  id: 'records-out-of-reach',
  judge: ({ stores, reach, ceiling }) => {
    if (stores.length === 0) return { missing: 'the output keeps no records that it could be asked about' };
    const evidence = stores.map((store) => ({ ...store.evidence, shows: 'no call of the agent that would change it is allowed' }));
    const [first] = reach;
    if (!first) return { met: [...evidence, ...ceiling.flatMap(({ by }) => by)] };
    const doubt = first.effect === 'depends' ? 'may be allowed' : 'is allowed';
    return {
      missing: `${first.action} on ${first.store} ${doubt}${reach.length > 1 ? `, and ${reach.length - 1} calls more` : ''}`,
      evidence,
    };
  },
};
