package dev.weirhouse.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Flink's page, for the cluster in this process, can be read by people on this machine and does nothing for anybody. */
final class FlinkPageTest {

    private static final String JOB = "0123456789abcdef0123456789abcdef";

    private static final URI PAGE = URI.create(TestWarehouse.get().cluster().address());

    private static String answer(String request) throws IOException {
        try (Socket socket = new Socket(PAGE.getHost(), PAGE.getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String request(String line, String... headers) {
        return line + " HTTP/1.1\r\n"
                + String.join(
                        "", List.of(headers).stream().map(each -> each + "\r\n").toList())
                + "Connection: close\r\n\r\n";
    }

    private static String local() {
        return "Host: 127.0.0.1:" + PAGE.getPort();
    }

    @Test
    void itCanBeRead() throws IOException {
        for (String path : List.of("/overview", "/v1/jobs/overview", "/config", "/")) {
            String answer = answer(request("GET " + path, local()));
            assertThat(answer).as(path).startsWith("HTTP/1.1 200 ");
            assertThat(answer.toLowerCase(Locale.ROOT)).as(path).doesNotContain("access-control-allow-origin");
        }
        assertThat(answer(request("GET /overview", "Host: localhost:1"))).startsWith("HTTP/1.1 200 ");
        assertThat(answer(request("GET /overview", "Host: [::1]"))).startsWith("HTTP/1.1 200 ");
        assertThat(answer(request("GET /overview", local(), "Origin: http://127.0.0.1:" + PAGE.getPort())))
                .startsWith("HTTP/1.1 200 ");
    }

    @Test
    void nothingCanBeDone() throws IOException {
        for (String line : List.of(
                "POST /jobs/" + JOB + "/savepoints",
                "POST /v1/jobs/" + JOB + "/stop",
                "PATCH /jobs/" + JOB,
                "PATCH /v1/jobs/" + JOB + "?mode=cancel",
                "PUT /jobs/" + JOB + "/resource-requirements",
                "DELETE /cluster",
                "POST /savepoint-disposal",
                "OPTIONS /jobs",
                "GET /jobs/" + JOB + "/yarn-cancel",
                "GET /v1/jobs/" + JOB + "/yarn%2Dstop",
                "GET /jobs/" + JOB + "/%79arn-cancel")) {
            assertThat(answer(request(line, local(), "Content-Type: text/plain", "Content-Length: 0")))
                    .as(line)
                    .startsWith("HTTP/1.1 403 ");
        }
    }

    @Test
    void nothingThatIsSentIsRead() throws IOException {
        String upload =
                "--x\r\nContent-Disposition: form-data; name=\"request\"; filename=\"g\"\r\n\r\njunk\r\n--x--\r\n";
        for (String type : List.of("multipart/form-data; boundary=x", "application/json")) {
            assertThat(answer(request(
                                    "POST /v1/jobs",
                                    local(),
                                    "Content-Type: " + type,
                                    "Content-Length: " + upload.length())
                            + upload))
                    .as(type)
                    .startsWith("HTTP/1.1 403 ");
        }
    }

    @Test
    void pagesOfStrangersLearnNothing() throws IOException {
        assertThat(answer(request("GET /jobs", "Host: evil.example:" + PAGE.getPort())))
                .startsWith("HTTP/1.1 403 ");
        assertThat(answer(request("GET /jobs", local(), "Origin: http://evil.example")))
                .startsWith("HTTP/1.1 403 ");
        assertThat(answer(request("GET /jobs", local(), "Origin: null"))).startsWith("HTTP/1.1 403 ");
    }
}
