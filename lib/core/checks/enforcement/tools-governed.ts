import type { ControlCheck } from '../control-check';

export const TOOLS_GOVERNED: ControlCheck = {
  id: 'tools-governed',
  judge: ({ tools }) => {
    if (tools.length === 0) return { notApplicable: 'it has no tools behind a gateway' };
    const free = tools.filter(({ by }) => by.length === 0);
    if (free.length > 0) return { missing: `no policy is asked before a call of ${free.map(({ tool }) => tool).join(', ')}` };
    const noted = tools.filter(({ enforced }) => !enforced);
    const evidence = tools.flatMap(({ by }) => by);
    return noted.length > 0
      ? { missing: `the policy only notes what it would refuse: ${noted.map(({ tool }) => tool).join(', ')}`, evidence }
      : { met: evidence };
  },
};
