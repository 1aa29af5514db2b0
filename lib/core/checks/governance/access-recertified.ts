import { accessDigest } from '../../governance/access-digest';
import { ReceiptKind } from '../../governance/receipts';
import { type ControlCheck, judgeReceipt } from '../control-check';

export const ACCESS_RECERTIFIED: ControlCheck = {
  id: 'access-recertified',
  judge: ({ agent }, context) => {
    const own = { ...context, receipts: context.receipts.filter((receipt) => receipt.agent === agent.name) };
    return judgeReceipt(ReceiptKind.RECERTIFICATION, own, ({ access, by }) => {
      if (access !== accessDigest(agent)) return 'its access was changed since its owner looked at it';
      return by === agent.owner ? undefined : `it was looked at by ${by}, and ${agent.owner} owns it`;
    });
  },
};
