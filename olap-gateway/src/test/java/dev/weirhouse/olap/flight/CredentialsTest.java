package dev.weirhouse.olap.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.apache.arrow.flight.FlightCallHeaders;
import org.junit.jupiter.api.Test;

final class CredentialsTest {

    @Test
    void nothingIsNobody() {
        assertThat(of()).isEqualTo(of("cookie", "other=1"));
        assertThat(of().user()).isEmpty();
        assertThat(of().secret()).isEmpty();
    }

    @Test
    void aNameComesWithAPassword() {
        assertThat(of("authorization", basic("alice:se:cret")).user()).contains("alice");
        assertThat(of("authorization", basic("Jürgen:")).user()).contains("Jürgen");
    }

    @Test
    void aSecretComesAsTokenOrCookie() {
        assertThat(of("authorization", "Bearer abc").secret()).contains("abc");
        assertThat(of("authorization", "bearer abc").secret()).contains("abc");
        assertThat(of("cookie", "a=b; weir_session=abc; c=d").secret()).contains("abc");
        assertThat(of("cookie", "a=b;weir_session=abc").secret()).contains("abc");
        assertThat(of("cookie", "weir_session=\"abc\";$Path=/").secret()).contains("abc");
    }

    @Test
    void theTokenCountsMoreThanACookieLeftOver() {
        assertThat(of("authorization", "Bearer new", "cookie", "weir_session=old")
                        .secret())
                .contains("new");
    }

    @Test
    void whatCannotBeReadIsRefused() {
        for (String header : new String[] {"Basic ???", basic("no colon"), basic(":nameless"), "Negotiate abc"}) {
            assertThatThrownBy(() -> of("authorization", header))
                    .as(header)
                    .hasMessageContaining("[WEIR-1402] LOGIN_REFUSED");
        }
    }

    private static Credentials of(String... headers) {
        FlightCallHeaders all = new FlightCallHeaders();
        for (int i = 0; i < headers.length; i += 2) {
            all.insert(headers[i], headers[i + 1]);
        }
        return Credentials.of(all);
    }

    private static String basic(String pair) {
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }
}
