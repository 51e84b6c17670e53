import { type AskedDevice, DEVICES } from '../../native/device.js';
import type { Command } from '../command.js';
import type { DoctorArguments } from '../handlers/doctor.js';

/** `doctor`: what is there, what is used, and what to do about the rest. */
export const doctor: Command<DoctorArguments> = {
  command: 'doctor',
  describe:
    'Check Node, TensorFlow, the device really used, Python, disk and datasets; every finding with a fix',
  builder: (usage) =>
    usage
      .option('device', {
        choices: DEVICES,
        default: 'auto' as AskedDevice,
        describe: 'What to check: the device that a run would use, or one of them',
      })
      .option('datasets', {
        type: 'string',
        path: 'folder',
        default: 'datasets',
        describe: 'Folder of the datasets',
      })
      .option('fetch', {
        type: 'boolean',
        default: false,
        describe: 'Fetch TensorFlow’s library and build the binding first, where they are missing or damaged',
      })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'Print {"findings": [{"check", "status", "found", "fix"}]}',
      })
      .example('npm run doctor', 'ends with 0 when nothing fails, with 2 else')
      .example('npm run doctor -- --fetch --device cuda', 'prepares an image for machines with a GPU'),
  handler: async (options) => await (await import('../handlers/doctor.js')).run(options),
};
