// Solves exercises in JavaScript, on node (libuv: epoll, and calls that do not wait).
// EXERCISE HOST PORT
"use strict";
const dgram = require("dgram");
const net = require("net");

const [exercise, host, port] = process.argv.slice(2);

const clients = {
  "three-at-once": (socket) => (data) => socket.write(data),
  "outlive-a-reset": (socket) => (data) => socket.write(data),
  lines: (socket) => {
    let rest = Buffer.alloc(0);
    let number = 0;
    return (data) => {
      rest = Buffer.concat([rest, data]);
      for (let end; (end = rest.indexOf("\n")) !== -1; rest = rest.subarray(end + 1)) {
        number += 1;
        socket.write(Buffer.concat([Buffer.from(`${number} `), rest.subarray(0, end + 1)]));
      }
    };
  },
  lengths: (socket) => {
    let rest = Buffer.alloc(0);
    return (data) => {
      rest = Buffer.concat([rest, data]);
      while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
        const end = 2 + rest.readUInt16BE(0);
        const frame = Buffer.from(rest.subarray(0, end));
        for (let i = 2; i < end; i++) {
          if (frame[i] >= 0x61 && frame[i] <= 0x7a) frame[i] -= 0x20;
        }
        socket.write(frame);
        rest = rest.subarray(end);
      }
    };
  },
  "byte-by-byte": (socket) => {
    let rest = Buffer.alloc(0);
    return (data) => {
      rest = Buffer.concat([rest, data]);
      const end = rest.indexOf("\n");
      if (end !== -1) socket.end(`got ${end} bytes\n`);
    };
  },
};

if (exercise === "udp-echo") {
  const socket = dgram.createSocket(host.includes(":") ? "udp6" : "udp4");
  socket.on("message", (bytes, from) => socket.send(bytes, from.port, from.address));
  socket.bind(Number(port), host);
} else {
  const server = net.createServer((socket) => {
    socket.on("error", () => {}); // it closes this socket alone
    socket.on("data", clients[exercise](socket));
  });
  server.listen(Number(port), host);
}
