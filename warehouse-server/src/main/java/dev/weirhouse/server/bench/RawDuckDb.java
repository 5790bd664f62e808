package dev.weirhouse.server.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weirhouse.server.cli.ApiClient;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * DuckDB by itself, in a process of its own: {@link RawDuckDbMain}. The time of an answer is taken in that process, so that
 * no door is between the query and its rows.
 */
final class RawDuckDb implements Engine {

    private static final long END_SECONDS = 10;

    private final Process process;
    private final BufferedWriter questions;
    private final BufferedReader answers;

    private RawDuckDb(Process process) {
        this.process = process;
        this.questions = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Starts the process, with settings of DuckDB as its first statements. */
    static RawDuckDb start(List<String> settings) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RawDuckDbMain.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        RawDuckDb duck = new RawDuckDb(process);
        try {
            for (String setting : settings) {
                duck.ask(setting);
            }
            return duck;
        } catch (IOException | RuntimeException e) {
            duck.close();
            throw e;
        }
    }

    @Override
    public Timed ask(String sql) throws IOException {
        questions.write(ApiClient.JSON.createObjectNode().put("sql", sql).toString());
        questions.write('\n');
        questions.flush();
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("DuckDB's process has ended");
        }
        JsonNode answer = ApiClient.JSON.readTree(line);
        if (answer.has("error")) {
            throw new IOException("DuckDB says: " + answer.path("error").asText() + "\n" + sql);
        }
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode row : answer.path("rows")) {
            List<String> values = new ArrayList<>(row.size());
            row.forEach(value -> values.add(value.isNull() ? null : value.asText()));
            rows.add(values);
        }
        return new Timed(rows, answer.path("seconds").asDouble());
    }

    /** The process ends when it is asked nothing more. */
    @Override
    public void close() throws IOException {
        questions.close();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
