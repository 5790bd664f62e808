package dev.weirhouse.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class RecordedTextTest {

    private static final int HUGE = 1 << 18;

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
    void hivesQuotesSettingsAndUrlsAreKnown() {
        for (String[] pair : new String[][] {
            {
                "TBLPROPERTIES (\"my.password\"=\"x\\\"y\", \"a\"=\"b\")",
                "TBLPROPERTIES (\"my.password\"=\"***\", \"a\"=\"b\")"
            },
            {"\"token\" = \"abc", "\"token\" = \"***\""},
            {"SET fs.s3a.secret.key=abc; SELECT 1", "SET fs.s3a.secret.key=***; SELECT 1"},
            {"SET fs.s3a.secret.key = ${secret:x}", "SET fs.s3a.secret.key = ${secret:x}"},
            {"'api-key' = 'k', 'passwd' = 'p'", "'api-key' = '***', 'passwd' = '***'"},
            {"'url'='jdbc:mysql://h/db?user=u&password=p&x=1'", "'url'='jdbc:mysql://h/db?user=u&password=***&x=1'"},
            {"'url'='jdbc:sqlserver://h;password=p'", "'url'='jdbc:sqlserver://h;password=***'"},
            {"s3://key:sec@bucket/x", "s3://***@bucket/x"},
            {"SELECT \"password\", 'x@y.org' FROM t", "SELECT \"password\", 'x@y.org' FROM t"},
        }) {
            assertThat(RecordedText.of(pair[0])).isEqualTo(pair[1]);
        }
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
        for (String part : new String[] {
            "password",
            "'",
            "''",
            "'password",
            "'password' = '",
            "'password' ",
            " ",
            "\n'token'=",
            "\"",
            "\"token\" = \"",
            "\\",
            "SET token",
            "SET token=",
            "a://b",
            "?token",
            "&token=x"
        }) {
            String huge = part.repeat(HUGE / part.length());
            assertThat(RecordedText.of("'" + huge)).isNotNull();
            assertThat(RecordedText.of("'token' = '" + huge)).isNotNull();
            assertThat(RecordedText.of("'token" + huge)).isNotNull();
        }
    }
}
