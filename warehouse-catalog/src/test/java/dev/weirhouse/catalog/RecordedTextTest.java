package dev.weirhouse.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class RecordedTextTest {

    private static final int HUGE = 1 << 20;

    @Test
    void credentialsAreLeftOutAndNothingElse() {
        assertThat(RecordedText.of(
                        "WITH ('connector' = 'x', 'db.Password'='it''s me', 'url' = 'u', 'api.token'\n=\n'')"))
                .isEqualTo("WITH ('connector' = 'x', 'db.Password'='***', 'url' = 'u', 'api.token'\n=\n'***')");
        assertThat(RecordedText.of("'sasl.jaas.config' = 'Module required\n  password=\"x\";' AND 'a' = 'password'"))
                .isEqualTo("'sasl.jaas.config' = '***' AND 'a' = 'password'");
        assertThat(RecordedText.of("'password' = '${secret:upstream}'")).isEqualTo("'password' = '${secret:upstream}'");
        assertThat(RecordedText.of("SELECT password FROM t WHERE token = 'x'\0"))
                .isEqualTo("SELECT password FROM t WHERE token = 'x' ");
    }

    @Test
    void nothingIsLeftOfOneThatIsCutOrDoesNotEnd() {
        assertThat(RecordedText.of("'password' = 'hunter2")).isEqualTo("'password' = '***'");
        String sql = "'password' = 'hunter2 and more', 'b' = 'c'";
        for (int length = 0; length < sql.length(); length++) {
            assertThat(RecordedText.of(sql, length)).doesNotContain("hu").hasSizeLessThanOrEqualTo(length + 2);
        }
        assertThat(RecordedText.of("SELECT 1", 8)).isEqualTo("SELECT 1");
        assertThat(RecordedText.of("SELECT 1", 7)).isEqualTo("SELECT  …");
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    void hugeTextsTakeNoLonger() {
        for (String part :
                new String[] {"password", "'", "''", "'password", "'password' = '", "'password' ", " ", "\n'token'="}) {
            String huge = part.repeat(HUGE / part.length());
            assertThat(RecordedText.of("'" + huge)).isNotNull();
            assertThat(RecordedText.of("'token' = '" + huge)).isNotNull();
            assertThat(RecordedText.of("'token" + huge)).isNotNull();
        }
    }
}
