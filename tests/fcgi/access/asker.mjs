/** Asks the handler at $SOCKET as a reader, on connections that stay open. */
import { answer, connect, question } from '../fastcgi.mjs';

export class Asker {
	constructor(reader) {
		this.reader = reader;
		this.vars = { REMOTE_USER: reader.name,
			REMOTE_GROUPS: reader.groups.join(','),
			HTTP_ACCEPT_LANGUAGE: 'en' };
	}

	/** -> { status, tag, head, body }; null when it is cut off. */
	async ask(path, more = {}, body = '') {
		this.socket ??= await connect(process.env.SOCKET);
		if (this.socket === null) {
			this.socket = undefined;
			return null;
		}
		this.socket.write(question(path, true, { ...this.vars, ...more,
			...body === '' ? {} : { CONTENT_LENGTH: `${
				Buffer.byteLength(body)}` } }, body));
		const text = await answer(this.socket);

		if (text === null) {
			this.close();
			return null;
		}
		const end = text.indexOf('\r\n\r\n');
		const head = text.slice(0, end + 2);

		return { head, body: text.slice(end + 4), text,
			status: Number(/^Status: (\d+)/.exec(head)[1]),
			type: /^Content-Type: ([^;\r]*)/m.exec(head)?.[1],
			tag: /^ETag: (.*)\r$/m.exec(head)?.[1] };
	}

	/** The text of a stream of events, until it has what is looked for. */
	async listen(looked, begun) {
		const socket = await connect(process.env.SOCKET);
		let data = Buffer.alloc(0), text = '';

		socket.write(question('/api/v1/events', false, this.vars));
		for await (const piece of socket) {
			data = Buffer.concat([data, piece]);
			for (let n; data.length >= 8 && data.length >=
			    (n = 8 + data.readUInt16BE(4) + data[6]);
			    data = data.subarray(n))
				if (data[1] === 6)
					text += data.toString('utf8', 8,
					    8 + data.readUInt16BE(4));
			if (/^event: hello\n/m.test(text) || !/^Status: 200/.test(text))
				begun();
			if (looked(text))
				break;
		}
		socket.destroy();
		return text;
	}

	close() {
		this.socket?.destroy();
		this.socket = undefined;
	}
}
