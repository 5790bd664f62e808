package dev.weirhouse.olap.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weirhouse.catalog.config.ConfigReader;
import dev.weirhouse.olap.OlapConfig;
import dev.weirhouse.olap.OlapGateway;
import dev.weirhouse.olap.OlapLanes;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.Test;

@WarehouseTest
final class FlightSqlDoorTest {

    private final TestWarehouse house;

    FlightSqlDoorTest(TestWarehouse house) {
        this.house = house;
    }

    @Test
    void aPortInUseIsNamedWithTheSettingToChange() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> open(Map.of("flight.port", "" + taken.getLocalPort())))
                    .hasMessageContaining("[WEIR-2403] PORT_NOT_AVAILABLE")
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort())
                    .hasMessageContaining("flight.port");
        }
    }

    @Test
    void aDoorToTheNetworkHasToBeWanted() {
        assertThatThrownBy(() -> open(Map.of("flight.port", "0", "flight.host", "0.0.0.0")))
                .hasMessageContaining("[WEIR-1406] DOOR_NOT_GUARDED")
                .hasMessageContaining("flight.trusted-network");
        open(Map.of("flight.port", "0", "flight.host", "0.0.0.0", "flight.trusted-network", "true"));
    }

    @Test
    void theUrlIsTheDrivers() {
        assertThat(open(Map.of("flight.port", "0")))
                .matches("jdbc:arrow-flight-sql://127\\.0\\.0\\.1:\\d+/\\?useEncryption=false");
    }

    private String open(Map<String, String> settings) {
        OlapConfig config = ConfigReader.read(OlapConfig.class, settings);
        try (OlapGateway gateway = new OlapGateway(house.warehouse().gate(), config, OlapLanes.none(), house.clock());
                FlightSqlDoor door = FlightSqlDoor.open(gateway, config)) {
            return door.jdbcUrl();
        }
    }
}
