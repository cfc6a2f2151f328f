/** One psql for many statements: a process for each would take longer. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export class Psql {
	constructor() {
		this.child = spawn('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1'],
		    { stdio: ['pipe', 'pipe', 'inherit'] });
		this.lines = createInterface({ input: this.child.stdout })
		    [Symbol.asyncIterator]();
	}

	/** Does something; -> its lines, once it is done. */
	async tell(text) {
		const said = [];

		this.child.stdin.write(`${text}\n\\echo done\n`);
		for (;;) {
			const { value, done } = await this.lines.next();

			if (done)
				throw new Error('psql has ended');
			if (value === 'done')
				return said;
			said.push(value);
		}
	}

	end() {
		this.child.stdin.end();
	}
}
