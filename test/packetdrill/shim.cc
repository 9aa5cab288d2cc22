/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * What packetdrill loads in place of the kernel: the calls of its interface, on
 * the sockets of a simulated stack in virtual time.
 *
 * Time stands still between the calls, but for 1 us that each of them takes, and
 * what packetdrill sleeps. A call that has to wait ends inside the simulation, at
 * the time of the event that ends it; meanwhile its thread sleeps, and the other
 * one drives the time.
 *
 * The library is to be loaded with LD_PRELOAD, too: for the values that scripts
 * assert, packetdrill asks the C library's getsockopt(), not the interface's.
 */

#include "packetdrill-interface.h"
#include "simulated-socket.h"
#include "simulated-stack.h"
#include "simulation-thread.h"

#include "ns3/simulator.h"

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <netinet/in.h>
#include <optional>
#include <sstream>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

using namespace ns3;

namespace
{

/// How long a test waits for a segment, or a call of the main thread for its end.
const Time PATIENCE = Seconds(10);
/// The virtual clock's start in us, so that no time is 0.
constexpr int64_t EPOCH_US = int64_t{1000000000} * 1000000;

/// A set of descriptors to be waited for with epoll(7).
struct Epoll
{
    /// One of them.
    struct Entry
    {
        epoll_event wanted; //!< what for
        uint64_t changes;   //!< with EPOLLET: the socket's changes when last reported
        bool armed;         //!< with EPOLLET: whether it was not yet reported
    };

    std::map<int, Entry> entries; //!< by descriptor
};

/// What a descriptor is.
struct Descriptor
{
    std::shared_ptr<SimulatedSocket> socket; //!< a socket
    std::shared_ptr<Epoll> epoll;            //!< or a set of them
};

/// A call that waits.
struct Wait
{
    std::function<SimulatedSocket::Result()> attempt; //!< tries to end it
    std::optional<Time> deadline;                     //!< when it ends in any case
    long atDeadline{0};                               //!< its result then
    SimulatedSocket::Result result;                   //!< its result
    Time ended;                                       //!< when it ended
    pid_t thread{0};                                  //!< who waits
    bool over{false};                                 //!< guarded by the mutex
    std::mutex mutex;                                 //!< of the condition
    std::condition_variable woken;                    //!< it is over
};

/**
 * The machine under test, and what the calls share.
 */
class Shim
{
  public:
    /**
     * @param flags as in --so_flags, separated by commas: the address of the machine,
     *        the name of the file that flushes the cache, and the device's MTU in bytes
     */
    explicit Shim(const std::string& flags)
    {
        std::istringstream parts(flags);
        std::string address = "192.168.0.1";
        std::string metrics;
        uint16_t mtu = 1500;
        std::getline(parts, address, ',');
        std::getline(parts, metrics, ',');
        parts >> mtu;
        m_thread.Do([&] {
            m_stack = std::make_unique<SimulatedStack>(address, metrics, parts ? mtu : 1500);
            m_clock = Simulator::Now().GetMicroSeconds();
        });
    }

    /**
     * Do something at the present time, and let it take effect.
     *
     * @param job what to do
     */
    void Do(const std::function<void()>& job)
    {
        m_thread.Do([&] {
            CatchUp();
            job();
            m_clock = std::max<int64_t>(m_clock, Simulator::Now().GetMicroSeconds()) + 1;
            CatchUp();
        });
    }

    /**
     * Do a call that may have to wait.
     *
     * @param attempt does it, and is called again until it has a result
     * @param timeout how long to wait at most
     * @param atTimeout the result then
     * @return the result as POSIX has it
     */
    long Call(const std::function<SimulatedSocket::Result()>& attempt,
              std::optional<Time> timeout = std::nullopt,
              long atTimeout = 0)
    {
        auto wait = std::make_shared<Wait>();
        const bool main = gettid() == getpid();
        const pid_t thread = gettid();
        bool blocked = false;
        Do([&] {
            wait->attempt = attempt;
            wait->atDeadline = atTimeout;
            wait->thread = thread;
            if (timeout)
            {
                wait->deadline = Simulator::Now() + *timeout;
            }
            if (Try(*wait))
            {
                return;
            }
            if (main)
            {
                // Nobody else drives the time
                const Time latest = wait->deadline.value_or(Simulator::Now() + PATIENCE);
                m_stack->RunUntil([&] { return Try(*wait); }, latest);
                if (!wait->result)
                {
                    wait->result = wait->deadline ? wait->atDeadline : -EDEADLK;
                }
                return;
            }
            blocked = true;
            m_wait = wait;
            m_waiting = true;
            if (wait->deadline)
            {
                Simulator::Schedule(*timeout, [this] { Check(); });
            }
        });
        if (blocked)
        {
            std::unique_lock<std::mutex> lock(wait->mutex);
            wait->woken.wait(lock, [&] { return wait->over; });
            m_endOfWait = wait->ended.GetMicroSeconds();
        }
        return ToPosix(*wait->result);
    }

    /**
     * @param result a result, or the negative of an errno
     * @return the result as POSIX has it
     */
    static long ToPosix(long result)
    {
        if (result < 0)
        {
            errno = static_cast<int>(-result);
            return -1;
        }
        return result;
    }

    /**
     * @param fd a descriptor
     * @return its socket; nullptr where it is none
     */
    std::shared_ptr<SimulatedSocket> Find(int fd)
    {
        const auto found = m_descriptors.find(fd);
        return found == m_descriptors.end() ? nullptr : found->second.socket;
    }

    /**
     * @param fd a descriptor
     * @return its set of descriptors; nullptr where it is none
     */
    std::shared_ptr<Epoll> FindEpoll(int fd)
    {
        const auto found = m_descriptors.find(fd);
        return found == m_descriptors.end() ? nullptr : found->second.epoll;
    }

    /**
     * @param descriptor what is to have a descriptor
     * @return the descriptor: a real one, so that nothing else gets its number
     */
    int Add(Descriptor descriptor)
    {
        const int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
        if (fd < 0)
        {
            return -errno;
        }
        m_descriptors[fd] = std::move(descriptor);
        return fd;
    }

    /**
     * @param fd a descriptor to forget
     */
    void Remove(int fd)
    {
        m_descriptors.erase(fd);
        for (auto& other : m_descriptors)
        {
            if (other.second.epoll)
            {
                other.second.epoll->entries.erase(fd);
            }
        }
    }

    /**
     * @param domain AF_INET or AF_INET6
     * @return a new socket, without a descriptor
     */
    std::shared_ptr<SimulatedSocket> CreateSocket(int domain)
    {
        return std::make_shared<SimulatedSocket>(*m_stack, domain, [this] {
            // Not now: the socket is amidst something, and may have more to tell
            Simulator::Schedule(TimeStep(1), [this] { Check(); });
        });
    }

    /// @return the virtual time in us; it costs 1 us to ask
    int64_t Tell()
    {
        if (m_endOfWait >= 0)
        {
            m_told = true;
            return std::exchange(m_endOfWait, -1); // of the call that has ended then
        }
        if (m_waiting)
        {
            Do([] {});
            return m_clock;
        }
        return ++m_clock;
    }

    /**
     * Let time pass.
     *
     * @param us how much, in us
     */
    void Sleep(int64_t us)
    {
        if (m_waiting)
        {
            Do([&] { m_clock += us; });
        }
        else
        {
            m_clock += us;
        }
        LetFinish();
    }

    /**
     * Wait for a datagram.
     *
     * @return the next one; none if there is none for a while
     */
    std::optional<SimulatedStack::Datagram> Receive()
    {
        std::optional<SimulatedStack::Datagram> datagram;
        m_thread.Do([&] {
            CatchUp();
            auto& sent = m_stack->GetSent();
            if (m_stack->RunUntil([&] { return !sent.empty(); }, Simulator::Now() + PATIENCE))
            {
                datagram = std::move(sent.front());
                sent.pop_front();
            }
            m_clock = std::max<int64_t>(m_clock, Simulator::Now().GetMicroSeconds());
        });
        return datagram;
    }

    /// @return the stack; for what is done in Do()
    SimulatedStack& GetStack()
    {
        return *m_stack;
    }

  private:
    /// Run the simulation up to the clock.
    void CatchUp()
    {
        m_stack->RunTo(MicroSeconds(m_clock));
    }

    /**
     * @param wait a call that waits
     * @return whether it is over now
     */
    static bool Try(Wait& wait)
    {
        if (!wait.result)
        {
            wait.result = wait.attempt();
        }
        return wait.result.has_value();
    }

    /// Give the thread whose call has ended the real time to say so; packetdrill
    /// holds no lock while it sleeps.
    void LetFinish()
    {
        constexpr int tries = 20000; // a second
        for (int i = 0; i < tries && m_finishing != 0; i++)
        {
            std::ifstream file("/proc/self/task/" + std::to_string(m_finishing) + "/stat");
            std::string text;
            std::getline(file, text);
            const auto name = text.rfind(')');
            if (text.empty() || (m_told && text.compare(name, 3, ") S") == 0))
            {
                m_finishing = 0;
                return;
            }
            ::usleep(50);
        }
    }

    /// Look whether what somebody waits for has come.
    void Check()
    {
        m_stack->Wake();
        if (!m_wait)
        {
            return;
        }
        if (!Try(*m_wait) && m_wait->deadline && Simulator::Now() >= *m_wait->deadline)
        {
            m_wait->result = m_wait->atDeadline;
        }
        if (m_wait->result)
        {
            const auto wait = std::move(m_wait);
            m_wait = nullptr;
            m_waiting = false;
            wait->ended = Simulator::Now();
            m_told = false;
            m_finishing = wait->thread;
            {
                const std::lock_guard<std::mutex> lock(wait->mutex);
                wait->over = true;
            }
            wait->woken.notify_one();
        }
    }

    SimulationThread m_thread;               //!< where ns-3 runs
    std::unique_ptr<SimulatedStack> m_stack; //!< the machine
    std::map<int, Descriptor> m_descriptors; //!< its descriptors
    std::atomic<int64_t> m_clock{0};         //!< the time in us, as packetdrill sees it
    std::shared_ptr<Wait> m_wait;            //!< the call that waits
    std::atomic<bool> m_waiting{false};      //!< whether there is one
    std::atomic<pid_t> m_finishing{0};       //!< the thread whose call has just ended
    std::atomic<bool> m_told{false};         //!< it has asked for the time
    static thread_local int64_t m_endOfWait; //!< when our call ended; -1: told
};

thread_local int64_t Shim::m_endOfWait = -1;

Shim* g_shim = nullptr; //!< also for the C library's functions that we replace

/**
 * @param fd a descriptor
 * @param call what to do with its socket
 * @param timeout how long to wait at most
 * @return the result as POSIX has it
 */
long
OnSocket(int fd, const std::function<SimulatedSocket::Result(SimulatedSocket&)>& call)
{
    std::shared_ptr<SimulatedSocket> socket;
    return g_shim->Call([&]() -> SimulatedSocket::Result {
        if (!socket)
        {
            socket = g_shim->Find(fd);
        }
        return socket ? call(*socket) : SimulatedSocket::Result(-EBADF);
    });
}

/**
 * @param fd a socket
 * @param data what to write
 * @param flags as in send(2)
 * @param address as in sendto(2); may be nullptr
 * @return the result as POSIX has it
 */
ssize_t
WriteAll(int fd, const std::vector<uint8_t>& data, int flags, const sockaddr* address)
{
    bool begun = false;
    bool taken = false;
    return OnSocket(fd, [&](SimulatedSocket& socket) {
        if (begun)
        {
            return socket.FinishWrite(data, taken);
        }
        begun = true;
        return socket.Write(data, flags, address, taken);
    });
}

/**
 * @param parts pieces of memory
 * @param count how many
 * @return their contents
 */
std::vector<uint8_t>
Gather(const iovec* parts, std::size_t count)
{
    std::vector<uint8_t> data;
    for (std::size_t i = 0; i < count; i++)
    {
        const auto* start = static_cast<const uint8_t*>(parts[i].iov_base);
        data.insert(data.end(), start, start + parts[i].iov_len);
    }
    return data;
}

/**
 * @param fd a socket
 * @param parts where to read to
 * @param count how many pieces of memory
 * @param flags as in recv(2)
 * @return the result as POSIX has it
 */
ssize_t
ReadAll(int fd, const iovec* parts, std::size_t count, int flags)
{
    std::size_t size = 0;
    for (std::size_t i = 0; i < count; i++)
    {
        size += parts[i].iov_len;
    }
    std::vector<uint8_t> data(size);
    const ssize_t result = OnSocket(fd, [&](SimulatedSocket& socket) {
        return socket.Read(data.data(), data.size(), flags & MSG_DONTWAIT);
    });
    std::size_t done = 0;
    for (std::size_t i = 0; i < count && result > static_cast<ssize_t>(done); i++)
    {
        const std::size_t part =
            std::min(parts[i].iov_len, static_cast<std::size_t>(result) - done);
        std::memcpy(parts[i].iov_base, data.data() + done, part);
        done += part;
    }
    return result;
}

// packetdrill's calls

void
Free(void*)
{
}

int
NewSocket(void*, int domain, int type, int)
{
    int fd = -EAFNOSUPPORT;
    if ((domain == AF_INET || domain == AF_INET6) &&
        (type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) == SOCK_STREAM)
    {
        g_shim->Do([&] {
            auto socket = g_shim->CreateSocket(domain);
            socket->SetNonBlocking(type & SOCK_NONBLOCK);
            fd = g_shim->Add({socket, nullptr});
        });
    }
    return static_cast<int>(Shim::ToPosix(fd));
}

int
Bind(void*, int fd, const sockaddr* address, socklen_t)
{
    return static_cast<int>(
        OnSocket(fd, [&](SimulatedSocket& socket) { return socket.Bind(address); }));
}

int
Listen(void*, int fd, int backlog)
{
    return static_cast<int>(
        OnSocket(fd, [&](SimulatedSocket& socket) { return socket.Listen(backlog); }));
}

int
Accept(void*, int fd, sockaddr* address, socklen_t* size)
{
    return static_cast<int>(OnSocket(fd, [&](SimulatedSocket& socket) -> SimulatedSocket::Result {
        std::shared_ptr<SimulatedSocket> accepted;
        const auto result = socket.Accept(accepted);
        if (!accepted)
        {
            return result;
        }
        if (address && size)
        {
            sockaddr_storage peer{};
            const socklen_t length = accepted->GetPeer(peer);
            std::memcpy(address, &peer, std::min(*size, length));
            *size = length;
        }
        return g_shim->Add({accepted, nullptr});
    }));
}

int
Connect(void*, int fd, const sockaddr* address, socklen_t)
{
    bool begun = false;
    return static_cast<int>(OnSocket(fd, [&](SimulatedSocket& socket) {
        if (begun)
        {
            return socket.FinishConnect();
        }
        begun = true;
        return socket.Connect(address);
    }));
}

ssize_t
Recv(void*, int fd, void* buffer, size_t size, int flags)
{
    const iovec part{buffer, size};
    return ReadAll(fd, &part, 1, flags);
}

ssize_t
Read(void* userdata, int fd, void* buffer, size_t size)
{
    return Recv(userdata, fd, buffer, size, 0);
}

ssize_t
Readv(void*, int fd, const iovec* parts, int count)
{
    return ReadAll(fd, parts, static_cast<std::size_t>(count), 0);
}

ssize_t
Recvfrom(void* userdata, int fd, void* buffer, size_t size, int flags, sockaddr*, socklen_t*)
{
    return Recv(userdata, fd, buffer, size, flags);
}

ssize_t
Recvmsg(void*, int fd, msghdr* message, int flags)
{
    return ReadAll(fd, message->msg_iov, message->msg_iovlen, flags);
}

ssize_t
Sendto(void*,
       int fd,
       const void* buffer,
       size_t size,
       int flags,
       const sockaddr* address,
       socklen_t)
{
    const iovec part{const_cast<void*>(buffer), size};
    return WriteAll(fd, Gather(&part, 1), flags, address);
}

ssize_t
Send(void* userdata, int fd, const void* buffer, size_t size, int flags)
{
    return Sendto(userdata, fd, buffer, size, flags, nullptr, 0);
}

ssize_t
Write(void* userdata, int fd, const void* buffer, size_t size)
{
    return Send(userdata, fd, buffer, size, 0);
}

ssize_t
Writev(void*, int fd, const iovec* parts, int count)
{
    return WriteAll(fd, Gather(parts, static_cast<std::size_t>(count)), 0, nullptr);
}

ssize_t
Sendmsg(void*, int fd, const msghdr* message, int flags)
{
    return WriteAll(fd,
                    Gather(message->msg_iov, message->msg_iovlen),
                    flags,
                    static_cast<const sockaddr*>(message->msg_name));
}

int
Fcntl(void*, int fd, int command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    const int argument = va_arg(arguments, int);
    va_end(arguments);
    return static_cast<int>(OnSocket(fd, [&](SimulatedSocket& socket) -> SimulatedSocket::Result {
        switch (command)
        {
        case F_GETFL:
            return O_RDWR | (socket.IsNonBlocking() ? O_NONBLOCK : 0);
        case F_SETFL:
            socket.SetNonBlocking(argument & O_NONBLOCK);
            return 0;
        default:
            return -EINVAL;
        }
    }));
}

int
Ioctl(void*, int, unsigned long, ...)
{
    errno = ENOTTY; // of use to no script that the stack could run
    return -1;
}

int
Close(void*, int fd)
{
    int result = -EBADF;
    g_shim->Do([&] {
        const auto socket = g_shim->Find(fd);
        if (socket || g_shim->FindEpoll(fd))
        {
            g_shim->Remove(fd);
            result = 0;
        }
        if (socket)
        {
            socket->Close();
        }
    });
    if (result == 0)
    {
        ::close(fd);
    }
    return static_cast<int>(Shim::ToPosix(result));
}

int
Shutdown(void*, int fd, int how)
{
    return static_cast<int>(
        OnSocket(fd, [&](SimulatedSocket& socket) { return socket.Shutdown(how); }));
}

int
Getsockopt(void*, int fd, int level, int name, void* value, socklen_t* size)
{
    return static_cast<int>(OnSocket(fd, [&](SimulatedSocket& socket) {
        return socket.GetOption(level, name, value, size);
    }));
}

int
Setsockopt(void*, int fd, int level, int name, const void* value, socklen_t size)
{
    return static_cast<int>(OnSocket(fd, [&](SimulatedSocket& socket) {
        return socket.SetOption(level, name, value, size);
    }));
}

/**
 * @param timeout a timeout in ms; negative: none
 * @return it
 */
std::optional<Time>
ToTimeout(int timeout)
{
    return timeout < 0 ? std::nullopt : std::optional<Time>(MilliSeconds(timeout));
}

int
Poll(void*, pollfd* fds, nfds_t count, int timeout)
{
    const auto look = [&]() -> SimulatedSocket::Result {
        long ready = 0;
        for (nfds_t i = 0; i < count; i++)
        {
            const auto socket = g_shim->Find(fds[i].fd);
            const short always = POLLERR | POLLHUP;
            fds[i].revents =
                socket ? static_cast<short>(socket->GetReadiness() & (fds[i].events | always))
                       : static_cast<short>(POLLNVAL);
            ready += fds[i].revents != 0 ? 1 : 0;
        }
        return ready > 0 || timeout == 0 ? SimulatedSocket::Result(ready) : std::nullopt;
    };
    return static_cast<int>(g_shim->Call(look, ToTimeout(timeout)));
}

int
NetdevSend(void*, const void* datagram, size_t size)
{
    g_shim->Do([&] { g_shim->GetStack().Inject(static_cast<const uint8_t*>(datagram), size); });
    return 0;
}

int
NetdevReceive(void*, void* buffer, size_t* size, long long* time)
{
    const auto datagram = g_shim->Receive();
    if (!datagram)
    {
        *size = 0; // ends the test
        return 0;
    }
    *size = std::min(*size, datagram->bytes.size());
    std::memcpy(buffer, datagram->bytes.data(), *size);
    *time = EPOCH_US + datagram->time.GetMicroSeconds();
    return 0;
}

int
Usleep(void*, useconds_t us)
{
    g_shim->Sleep(us);
    return 0;
}

int
Gettimeofday(void*, timeval* time, struct timezone*)
{
    const int64_t now = EPOCH_US + g_shim->Tell();
    time->tv_sec = now / 1000000;
    time->tv_usec = now % 1000000;
    return 0;
}

int
EpollCreate(void*, int)
{
    int fd = -1;
    g_shim->Do([&] { fd = g_shim->Add({nullptr, std::make_shared<Epoll>()}); });
    return static_cast<int>(Shim::ToPosix(fd));
}

int
EpollCtl(void*, int set, int operation, int fd, epoll_event* event)
{
    return static_cast<int>(g_shim->Call([&]() -> SimulatedSocket::Result {
        const auto epoll = g_shim->FindEpoll(set);
        if (!epoll || !g_shim->Find(fd))
        {
            return -EBADF;
        }
        const bool known = epoll->entries.count(fd) > 0;
        switch (operation)
        {
        case EPOLL_CTL_ADD:
        case EPOLL_CTL_MOD:
            if (known != (operation == EPOLL_CTL_MOD))
            {
                return known ? -EEXIST : -ENOENT;
            }
            epoll->entries[fd] = {*event, 0, true};
            return 0;
        case EPOLL_CTL_DEL:
            return epoll->entries.erase(fd) > 0 ? 0 : -ENOENT;
        default:
            return -EINVAL;
        }
    }));
}

int
EpollWait(void*, int set, epoll_event* events, int most, int timeout)
{
    const auto look = [&]() -> SimulatedSocket::Result {
        const auto epoll = g_shim->FindEpoll(set);
        if (!epoll || most <= 0)
        {
            return epoll ? -EINVAL : -EBADF;
        }
        int count = 0;
        for (auto& [fd, entry] : epoll->entries)
        {
            const auto socket = g_shim->Find(fd);
            const bool edge = entry.wanted.events & EPOLLET;
            const bool news = entry.armed || socket->GetChanges() != entry.changes;
            const uint32_t ready = static_cast<uint16_t>(socket->GetReadiness()) &
                                   (entry.wanted.events | EPOLLERR | EPOLLHUP);
            if (ready != 0 && (news || !edge) && count < most)
            {
                events[count++] = {ready, entry.wanted.data};
                entry.armed = false;
                entry.changes = socket->GetChanges();
            }
        }
        return count > 0 || timeout == 0 ? SimulatedSocket::Result(count) : std::nullopt;
    };
    return static_cast<int>(g_shim->Call(look, ToTimeout(timeout)));
}

int
Pipe(void*, int[2])
{
    errno = ENOSYS;
    return -1;
}

int
Splice(void*, int, loff_t*, int, loff_t*, size_t, unsigned int)
{
    errno = ENOSYS;
    return -1;
}

/// The programs that packetdrill starts have no need of this library.
__attribute__((constructor)) void
ForgetPreload()
{
    unsetenv("LD_PRELOAD");
}

} // namespace

/**
 * packetdrill's entry.
 *
 * @param flags what --so_flags says
 * @param calls the interface to fill
 */
extern "C" __attribute__((visibility("default"))) void
packetdrill_interface_init(const char* flags, SimulatedCalls* calls)
{
    g_shim = new Shim(flags ? flags : ""); // to the end of the process
    *calls = {g_shim,      Free,       NewSocket, Bind,       Listen,        Accept, Connect,
              Read,        Readv,      Recv,      Recvfrom,   Recvmsg,       Write,  Writev,
              Send,        Sendto,     Sendmsg,   Fcntl,      Ioctl,         Close,  Shutdown,
              Getsockopt,  Setsockopt, Poll,      NetdevSend, NetdevReceive, Usleep, Gettimeofday,
              EpollCreate, EpollCtl,   EpollWait, Pipe,       Splice};
}

/**
 * The C library's function, which packetdrill asks for TCP_INFO.
 *
 * @param fd a socket, simulated or not
 * @param level as in getsockopt(2)
 * @param name as there
 * @param value as there
 * @param size as there
 * @return as there
 */
extern "C" __attribute__((visibility("default"))) int
getsockopt(int fd, int level, int name, void* value, socklen_t* size) noexcept
{
    bool ours = false;
    if (g_shim)
    {
        g_shim->Do([&] { ours = g_shim->Find(fd) != nullptr; });
    }
    if (ours)
    {
        return Getsockopt(nullptr, fd, level, name, value, size);
    }
    using Function = int (*)(int, int, int, void*, socklen_t*);
    static const auto next = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "getsockopt"));
    return next(fd, level, name, value, size);
}

/**
 * The C library's function: in virtual time no page is late.
 *
 * @return 0
 */
extern "C" __attribute__((visibility("default"))) int
mlockall(int) noexcept
{
    return 0;
}
