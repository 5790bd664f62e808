package dev.weirhouse.catalog;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Where a part of this process listens. None of them asks who is there, so an address that others can reach needs a
 * say-so of its own.
 *
 * @param settings what the names of its settings begin with: {@code http} for {@code http.host} and
 *     {@code http.trusted-network}
 * @param host a name or number of this machine
 * @param trusted whether everybody who can reach it may use it, also from other machines
 */
public record ListenAddress(String settings, String host, boolean trusted) {

    public ListenAddress {
        requireNonNull(settings, "settings is null");
        requireNonNull(host, "host is null");
    }

    /** Whether only this machine can reach it; false for a name that nobody knows. */
    public boolean isLoopback() {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /**
     * Makes sure that others can reach it only where the configuration says so.
     *
     * @param refusal the code of the error
     * @throws WarehouseException the refusal
     */
    public void requireGuarded(ErrorCode refusal) {
        if (!trusted && !isLoopback()) {
            throw new WarehouseException(
                    refusal,
                    "%1$s.host is %2$s, which others can reach, and users are not authenticated. Use 127.0.0.1, or set %1$s.trusted-network to true if everybody there may read and write every table."
                            .formatted(settings, host));
        }
    }
}
