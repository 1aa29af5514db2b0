import { ReceiptKind } from '../../governance/receipts';
import { type ControlCheck, judgeReceipt } from '../control-check';

export const ALERT_DRILLED: ControlCheck = {
  id: 'alert-drilled',
  judge: (_, context) => judgeReceipt(ReceiptKind.ALERT, context),
};
