//! How do I listen on one interface alone, whatever addresses it has?
//!
//! bind takes an address, and an interface may have several, or a new one tomorrow.
//!
//! Also: SO_BINDTODEVICE, bind to interface, bind to device, listen on eth0, network card, NIC, VPN
//! interface, wg0, tun0, only this interface, bind_device, EPERM, CAP_NET_RAW, operation not
//! permitted setsockopt, IP_UNICAST_IF, VRF, two DHCP servers, multihomed.
//!
//! Runs on Linux alone.
//!
//! Elsewhere: macOS has IP_BOUND_IF for it, and Windows IP_UNICAST_IF for what is sent.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use lesson::{Failure, Shown, address_of, must_be, note, say, words};
use question::answer;
use question::child::{give_up_rights, in_child};
use question::interface::add_interface;
use question::namespace::in_network_of_own;
use question::setup::{TCP, UDP};
use socket2::{Domain, Socket, Type};

/// An address for documentation (RFC 5737), which the second interface has.
const ON_SHOP0: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 1);

fn main() -> ExitCode {
    question::run(include_str!("bind_to_device.rs"), bind_to_device)
}

fn bind_to_device() -> anyhow::Result<()> {
    say!("A process without rights may bind a socket to a device, but not change that:");
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    in_child(|| without_rights(&socket))?;
    in_network_of_own(&[], || match add_interface("shop0", ON_SHOP0) {
        Ok(()) => with_two_interfaces(),
        Err(error) => {
            say!("Not shown here: there is no second interface. ({})", words(&error));
            Ok(())
        }
    })?;
    answer!(
        "Bind to the device (SO_BINDTODEVICE, Linux) before you bind to 0.0.0.0: the socket then \
         gets only what comes in there, and sends only there. A connection from the machine itself \
         counts as coming through the interface that has the address. Since Linux 5.7 anybody may \
         set it on a socket that has none; to change or remove it takes CAP_NET_RAW. To listen at \
         one address, and not on one interface, bind is enough."
    );
    Ok(())
}

fn with_two_interfaces() -> anyhow::Result<()> {
    let [inside, outside] =
        [Ipv4Addr::LOCALHOST, ON_SHOP0].map(|address| SocketAddr::from((address, 8080)));
    say!("In a network of its own with lo (127.0.0.1) and shop0 ({ON_SHOP0}), a listener on lo:");
    let on_lo = listener_on("lo")?;
    let refused = client()?;
    refused.connect(&outside.into()).must_fail("ECONNREFUSED", connect(outside), &refused)?;
    let client_inside = client()?;
    client_inside.connect(&inside.into()).shown(connect(inside), &client_inside)?;

    say!("A second one beside it, on the same port, and on shop0:");
    let on_shop0 = listener_on("shop0")?;
    let client_outside = client()?;
    client_outside.connect(&outside.into()).shown(connect(outside), &client_outside)?;
    let [(_, from_inside), (accepted, from_outside)] =
        [on_lo.accept().explained("accept()", &on_lo)?, on_shop0.accept().shown_as("accept()")?];
    must_be("the client of lo", from_inside.as_socket(), Some(address_of(&client_inside)?))?;
    must_be("that of shop0", from_outside.as_socket(), Some(address_of(&client_outside)?))?;
    let device = device::of(&accepted)?;
    note(format!("the connection is bound to {device}, too"));
    must_be("its device", device, "shop0".to_string())?;

    say!("For what is sent the device decides as well. Here no route leads to 203.0.113.1:");
    let elsewhere = SocketAddr::from(([203, 0, 113, 1], 9));
    let sender = Socket::new(Domain::IPV4, Type::DGRAM, None).explained(UDP, None)?;
    sender.connect(&elsewhere.into()).must_fail("ENETUNREACH", connect(elsewhere), &sender)?;
    device::bind(&sender, "shop0").shown(call("shop0"), &sender)?;
    sender.connect(&elsewhere.into()).shown(connect(elsewhere), &sender)?;
    must_be("its address", address_of(&sender)?.ip(), ON_SHOP0.into())?;
    Ok(())
}

fn without_rights(socket: &Socket) -> anyhow::Result<()> {
    if let Err(error) = give_up_rights() {
        note(format!("not shown: root may not become another user. {}", words(&error)));
        return Ok(());
    }
    let none = device::bind(socket, "nosuch0");
    none.must_fail("ENODEV", call("nosuch0"), socket)?;
    let first = device::bind(socket, "lo");
    match first.may_fail(&[ErrorKind::PermissionDenied], call("lo"), socket)? {
        None => device::bind(socket, "lo").must_fail("EPERM", call("lo"), socket)?,
        Some(_) => note("before Linux 5.7 that took CAP_NET_RAW, too"),
    }
    Ok(())
}

/// A listener on port 8080 of this device.
fn listener_on(device: &str) -> Result<Socket, Failure> {
    let everywhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 8080));
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).explained(TCP, None)?;
    device::bind(&listener, device).shown(call(device), &listener)?;
    listener.bind(&everywhere.into()).shown(format!("bind({everywhere})"), &listener)?;
    listener.listen(1).shown("listen(1)", &listener)?;
    Ok(listener)
}

fn client() -> Result<Socket, Failure> {
    Socket::new(Domain::IPV4, Type::STREAM, None).explained(TCP, None)
}

fn connect(target: SocketAddr) -> String {
    format!("connect({target})")
}

fn call(device: &str) -> String {
    format!("setsockopt(SO_BINDTODEVICE, {device})")
}

#[cfg(target_os = "linux")]
mod device {
    use std::io;

    use socket2::Socket;

    pub fn bind(socket: &Socket, device: &str) -> io::Result<()> {
        socket.bind_device(Some(device.as_bytes()))
    }

    /// The device that it is bound to; empty for none.
    pub fn of(socket: &Socket) -> io::Result<String> {
        let device = socket.device()?.unwrap_or_default();
        Ok(String::from_utf8_lossy(&device).into_owned())
    }
}

/// Not shown elsewhere.
#[cfg(not(target_os = "linux"))]
mod device {
    use std::io::{self, ErrorKind::Unsupported};

    use socket2::Socket;

    pub fn bind(_: &Socket, _: &str) -> io::Result<()> {
        Err(Unsupported.into())
    }

    pub fn of(_: &Socket) -> io::Result<String> {
        Err(Unsupported.into())
    }
}
