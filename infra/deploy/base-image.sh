#!/usr/bin/env bash
# Makes an image in which `sam local` can run the functions: base-image.sh NAME
#
# It replaces AWS' own image of provided.al2023 where that cannot be pulled, as in continuous
# integration. Shell, C library and certificates are this machine's, so it does not test Amazon
# Linux' versions: infra/deploy/gate.py does. Amazon Linux 2023 has the locale C.UTF-8 (in its package
# glibc-minimal-langpack); it is left out here, so that the layer's is used.
set -euo pipefail
name=$1
root=$(mktemp -d)
trap 'rm -rf -- "$root"' EXIT

mkdir -p "$root"/{bin,etc/ssl/certs,etc/pki/tls/certs,opt,tmp,var/lang/lib,var/task,var/runtime,var/rapid}
chmod 1777 "$root/tmp"

# SAM starts its emulator with a shell.
install -m 755 /bin/busybox "$root/bin/busybox"
for command in sh cat chmod cp env ls mkdir mv rm sleep; do
    ln -s busybox "$root/bin/$command"
done

# The C library with its loader, under this machine's paths. A driver's layer has its other libraries.
libraries=(libc.so.6 libm.so.6 libdl.so.2 libpthread.so.0 librt.so.1 libresolv.so.2 libgcc_s.so.1 libstdc++.so.6
    libnss_dns.so.2 libnss_files.so.2)
for library in "${libraries[@]}"; do
    # awk reads to the end: closing the pipe early would sometimes fail.
    file=$(/sbin/ldconfig -p | awk -v name="$library" '$1 == name && /x86-64|AArch64/ && !found { print $NF; found = 1 }')
    install -D "$file" "$root$file"
done
loader=$(ldd /bin/sh | awk '/ld-linux/ { print $1 }')
install -D -m 755 "$loader" "$root$loader"

install -m 644 /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
ln -s /etc/ssl/certs/ca-certificates.crt "$root/etc/pki/tls/certs/ca-bundle.crt"
echo 'root:x:0:0::/root:/bin/sh' >"$root/etc/passwd"
echo 'root:x:0:' >"$root/etc/group"
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"

# The environment as AWS documents it for its runtimes. The locale that it names is missing here.
tar -C "$root" -c . | docker import \
    --change 'ENV PATH=/usr/local/bin:/usr/bin:/bin:/opt/bin' \
    --change 'ENV LD_LIBRARY_PATH=/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib' \
    --change 'ENV LANG=en_US.UTF-8' \
    --change 'ENV LAMBDA_TASK_ROOT=/var/task' \
    --change 'ENV LAMBDA_RUNTIME_DIR=/var/runtime' \
    --change 'WORKDIR /var/task' \
    - "$name" >/dev/null
