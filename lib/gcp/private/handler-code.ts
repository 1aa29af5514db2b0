import { join } from 'node:path';
import { handlerFolderIn } from '../../core/handler-folder';
import facts from '../catalog/monitoring.json';

const RUNTIME = join(__dirname, '..', 'runtime');

/** The folder with the bundled code of a handler, as the builder of functions takes it. */
export const handlerFolder = (name: string): string =>
  handlerFolderIn(RUNTIME, name, {
    'package.json': {
      name: `agentic-iam-${name}`,
      private: true,
      main: 'index.js',
      dependencies: { '@google-cloud/functions-framework': facts.runtime.framework },
    },
  });
