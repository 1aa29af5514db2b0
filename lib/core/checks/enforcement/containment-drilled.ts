import { ReceiptKind } from '../../governance/receipts';
import { type ControlCheck, judgeReceipt } from '../control-check';

export const CONTAINMENT_DRILLED: ControlCheck = {
  id: 'containment-drilled',
  judge: (_, context) => judgeReceipt(ReceiptKind.DRILL, context),
};
