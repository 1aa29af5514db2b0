import type { ControlCheck } from '../control-check';

export const PIPELINE_WATCHED: ControlCheck = {
  id: 'pipeline-watched',
  judge: ({ stages }) => {
    if (stages.length === 0) return { missing: 'there is no way from a call to a detection that could be watched' };
    const blind = stages.filter(({ watchedBy }) => watchedBy.length === 0);
    if (blind.length === 0) return { met: stages.flatMap(({ watchedBy }) => watchedBy) };
    return {
      missing: `nobody is told when this fails: ${blind.map(({ what }) => what).join('; ')}`,
      evidence: blind.map(({ evidence }) => evidence),
    };
  },
};
