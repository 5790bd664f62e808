package dev.weirhouse.server.cli;

import dev.weirhouse.server.place.ServerAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** How a command finds its warehouse and says who asks. */
final class ServerOption {

    private static final String DEFAULT_URL = "http://127.0.0.1:8090";
    private static final String DEFAULT_HOME = "./weirhouse-data";

    @Option(
            names = "--server",
            scope = ScopeType.INHERIT,
            paramLabel = "URL",
            description = "The warehouse to talk to. Default: WEIR_SERVER; else the one whose address lies in WEIR_HOME"
                    + " (default " + DEFAULT_HOME + "); else " + DEFAULT_URL + ".")
    private String url;

    @Option(
            names = "--user",
            scope = ScopeType.INHERIT,
            paramLabel = "NAME",
            description = "Who asks. Default: the name of the operating system's user.")
    private String user;

    /** A client of the warehouse that the options and the environment name. */
    ApiClient client(String command) {
        return new ApiClient(address(System.getenv()), user == null ? System.getProperty("user.name") : user, command);
    }

    private String address(Map<String, String> environment) {
        if (url != null) {
            return url;
        }
        String named = environment.getOrDefault("WEIR_SERVER", "");
        if (!named.isEmpty()) {
            return named;
        }
        Path home = Path.of(environment.getOrDefault("WEIR_HOME", DEFAULT_HOME));
        Optional<ServerAddress> left = ServerAddress.find(home).filter(ServerAddress::isAlive);
        return left.map(ServerAddress::http).orElse(DEFAULT_URL);
    }
}
