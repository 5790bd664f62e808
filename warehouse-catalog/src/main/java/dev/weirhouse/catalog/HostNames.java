package dev.weirhouse.catalog;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The names that browsers may call a door by. A page of a stranger reaches a door by pointing its own name at this
 * machine: the request then names the stranger's host. A number cannot be pointed elsewhere, so every number will do.
 *
 * <p>Immutable.
 */
public final class HostNames {

    private static final Logger LOG = LoggerFactory.getLogger(HostNames.class);

    private static final Pattern NUMBER = Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}|\\[[0-9a-f:.%]+]");
    private static final Pattern PORT = Pattern.compile(":\\d+$");

    private final Set<String> names = new TreeSet<>();

    private HostNames() {}

    /**
     * The names of a door: those of loopback, its own, where others can reach it those of the machine, and what the
     * configuration adds.
     */
    public static HostNames of(ListenAddress door, List<String> more) {
        HostNames all = new HostNames();
        all.add("localhost");
        all.add(door.host());
        if (!door.isLoopback()) {
            try {
                InetAddress machine = InetAddress.getLocalHost();
                all.add(machine.getHostName());
                all.add(machine.getCanonicalHostName());
            } catch (UnknownHostException e) {
                LOG.info("This machine does not know its own name; {}.hosts may add it", door.settings());
            }
        }
        more.forEach(all::add);
        return all;
    }

    private void add(String name) {
        names.add(name.toLowerCase(Locale.ROOT));
    }

    /** Whether a {@code Host} header, with or without a port, names this door. */
    public boolean include(String host) {
        String name = PORT.matcher(host.toLowerCase(Locale.ROOT)).replaceFirst("");
        return names.contains(name) || NUMBER.matcher(name).matches();
    }

    /** Whether an {@code Origin} header is the door itself, as the {@code Host} header of the same request names it. */
    public static boolean isSame(String origin, String host) {
        try {
            String authority = URI.create(origin).getAuthority();
            return authority != null && authority.equalsIgnoreCase(host);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
