package dev.weirhouse.olap.flight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.config.ConfigReader;
import dev.weirhouse.olap.OlapConfig;
import java.util.Arrays;
import java.util.Map;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlInfo;
import org.junit.jupiter.api.Test;

final class ServerInfoTest {

    @Test
    void everyItemOfTheProtocolHasAnAnswer() {
        ServerInfo info = new ServerInfo(ConfigReader.read(OlapConfig.class, Map.of()), "1.0");
        assertThat(Arrays.stream(SqlInfo.values()).filter(item -> item != SqlInfo.UNRECOGNIZED))
                .allMatch(info::answers);
    }
}
