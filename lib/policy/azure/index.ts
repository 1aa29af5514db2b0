export { azureWorldOf } from './world';
