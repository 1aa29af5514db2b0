/** One week of the ladder: node --import tsx examples/maturity/app.ts 2 */
import { App } from 'aws-cdk-lib';
import { WeekOne } from './week-1';
import { WeekTwo } from './week-2';
import { WeekThree } from './week-3';
import { WeekFour } from './week-4';

const [week = '4'] = process.argv.slice(2);
const Week = { '1': WeekOne, '2': WeekTwo, '3': WeekThree, '4': WeekFour }[week];
if (!Week) throw new Error(`there is no week ${week}: say 1, 2, 3 or 4`);
const app = new App({ outdir: `cdk.out/maturity-week-${week}` });
new Week(app, 'desk');
app.synth();
