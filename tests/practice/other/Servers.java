import java.io.*;
import java.net.*;
import java.nio.charset.StandardCharsets;

/** Solves exercises in Java, whose sockets are IPv6 with addresses of IPv4.  EXERCISE HOST PORT */
class Servers {
    interface Client {
        void serve(InputStream in, OutputStream out) throws IOException;
    }

    public static void main(String[] words) throws IOException {
        InetAddress host = InetAddress.getByName(words[1]);
        int port = Integer.parseInt(words[2]);
        Client client = switch (words[0]) {
            case "three-at-once", "outlive-a-reset" -> Servers::echo;
            case "lines" -> Servers::lines;
            case "lengths" -> Servers::lengths;
            case "byte-by-byte" -> Servers::count;
            default -> null;
        };
        if (client == null) {
            echoDatagrams(new DatagramSocket(port, host));
        }
        ServerSocket listener = new ServerSocket(port, 128, host);
        while (true) {
            Socket connection = listener.accept();
            new Thread(() -> {
                try (connection) {
                    client.serve(
                            new BufferedInputStream(connection.getInputStream()),
                            connection.getOutputStream());
                } catch (IOException error) {
                    System.out.println("a client: " + error.getMessage());
                }
            }).start();
        }
    }

    static void echo(InputStream in, OutputStream out) throws IOException {
        in.transferTo(out);
    }

    static byte[] line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next; (next = in.read()) != '\n'; line.write(next)) {
            if (next == -1) {
                return null;
            }
        }
        return line.toByteArray();
    }

    static void lines(InputStream in, OutputStream out) throws IOException {
        byte[] line;
        for (int number = 1; (line = line(in)) != null; number++) {
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            answer.write((number + " ").getBytes(StandardCharsets.UTF_8));
            answer.write(line);
            answer.write('\n');
            answer.writeTo(out);
        }
    }

    static void lengths(InputStream in, OutputStream out) throws IOException {
        DataInputStream data = new DataInputStream(in);
        while (true) {
            byte[] body = new byte[data.readUnsignedShort()];
            data.readFully(body);
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            new DataOutputStream(answer).writeShort(body.length);
            for (byte it : body) {
                answer.write(it >= 'a' && it <= 'z' ? it - 32 : it);
            }
            answer.writeTo(out);
        }
    }

    static void count(InputStream in, OutputStream out) throws IOException {
        byte[] line = line(in);
        if (line != null) {
            out.write(("got " + line.length + " bytes\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    static void echoDatagrams(DatagramSocket socket) throws IOException {
        byte[] bytes = new byte[65535];
        while (true) {
            DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
            socket.receive(packet);
            socket.send(packet); // its address is the sender's now
        }
    }
}
